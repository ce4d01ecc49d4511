import { createPublicKey, generateKeyPairSync, type KeyObject, verify } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerWithFault, type TransportFault } from './transport-fault.ts';

/**
 * Google on loopback: the token endpoint (the JWT's signature and claims are checked), Sheets API v4 as far as it is read, and
 * sheets published as CSV behind a redirect. Needs `127.0.0.1` in the allow list; `settings` has what a source needs.
 */

export type FakeCell = string | number | boolean | null;

export interface FakeSheet {
  gid: number;
  title: string;
  /** From A1 on. */
  cells: FakeCell[][];
  /** Size of the grid; as large as the cells where absent. */
  rows?: number;
}

export interface FakeSpreadsheet {
  id: string;
  title: string;
  timeZone: string;
  sheets: FakeSheet[];
  /** Whether it was shared with the service account. */
  shared: boolean;
  /** Whether it can be read without signing in. */
  published: boolean;
}

export interface FakeGoogle {
  url: string;
  spreadsheet: FakeSpreadsheet;
  /** Settings of a source that reads `spreadsheet`. */
  account: { service_account: Record<string, string>; spreadsheet: string; base_url: string; token_url: string };
  published: { published_url: string; base_url: string };
  /** The n-th request for cells or files from now on (0 is the next) meets the fault. */
  fault(n: number, fault: TransportFault): void;
  /** Forgets the faults that were not met. */
  calm(): void;
  /** Done before the n-th request for cells from now on is answered: people edit while it is read. */
  before(n: number, edit: () => void): void;
  /** The API is switched off in the project, the key was deleted, or tokens end at once. */
  mode: 'ok' | 'api_off' | 'key_deleted' | 'token_expired';
  /** `token`, `spreadsheet`, `values`, `pub`, `file`, in order. */
  requests: string[];
  close(): Promise<void>;
}

const EMAIL = 'turnout@example-project.iam.gserviceaccount.com';
const AUDIENCE = 'https://oauth2.googleapis.com/token';
const PUBLISHED = '2PACX-1vExample0000000000';

export async function startFakeGoogle(sheets: FakeSheet[], now: () => number): Promise<FakeGoogle> {
  const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const state = { tokens: 0, cellRequests: 0 };
  const faults = new Map<number, TransportFault>();
  const edits = new Map<number, () => void>();
  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const spreadsheet: FakeSpreadsheet = {
    id: '1AbCdEfGhIjKlMnOpQrStUvWxYz0123456789abcdefg',
    title: 'Scaling onboarding',
    timeZone: 'Etc/GMT',
    sheets,
    shared: true,
    published: true,
  };
  const google: FakeGoogle = {
    url,
    spreadsheet,
    account: {
      service_account: {
        type: 'service_account',
        project_id: 'example-project',
        private_key_id: 'test-key-1',
        private_key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        client_email: EMAIL,
        token_uri: AUDIENCE,
      },
      spreadsheet: `https://docs.google.com/spreadsheets/d/${spreadsheet.id}/edit#gid=0`,
      base_url: url,
      token_url: `${url}/token`,
    },
    published: { published_url: `${url}/spreadsheets/d/e/${PUBLISHED}/pubhtml?gid=0&single=true`, base_url: url },
    fault: (n, fault) => void faults.set(state.cellRequests + n, fault),
    calm: () => faults.clear(),
    before: (n, edit) => void edits.set(state.cellRequests + n, edit),
    mode: 'ok',
    requests: [],
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = new URL(request.url ?? '/', url);
    const path = decodeURIComponent(asked.pathname);
    if (path === '/token' && request.method === 'POST') {
      google.requests.push('token');
      const body = (await request.toArray()).join('');
      return giveToken(new URLSearchParams(body), response);
    }
    if (path === `/spreadsheets/d/e/${PUBLISHED}/pub`) {
      google.requests.push('pub');
      if (!spreadsheet.published)
        return void response.writeHead(302, { location: 'https://accounts.google.com/v3/signin' }).end();
      const gid = asked.searchParams.get('gid') ?? '0';
      if (asked.searchParams.get('output') !== 'csv')
        return void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>');
      return void response.writeHead(307, { location: `${url}/file?gid=${gid}` }).end();
    }
    if (path === '/file')
      return sendCells('file', response, 'text/csv', () => csvOf(sheetOf(asked.searchParams.get('gid'))));
    if (!path.startsWith('/v4/spreadsheets/')) return sendError(response, 404, 'NOT_FOUND', 'Not found.');
    if (!isSignedIn(request)) return sendError(response, 401, 'UNAUTHENTICATED', 'Request had invalid credentials.');
    const [id = '', call] = path.slice('/v4/spreadsheets/'.length).split('/');
    if (google.mode === 'api_off')
      return sendError(
        response,
        403,
        'PERMISSION_DENIED',
        'Google Sheets API has not been used in project 123456789012 before or it is disabled.',
      );
    if (id !== spreadsheet.id) return sendError(response, 404, 'NOT_FOUND', 'Requested entity was not found.');
    if (!spreadsheet.shared)
      return sendError(response, 403, 'PERMISSION_DENIED', 'The caller does not have permission');
    if (call === 'values:batchGet') return sendValues(asked, response);
    google.requests.push('spreadsheet');
    sendJson(response, describe());
  }

  function giveToken(form: URLSearchParams, response: ServerResponse): void {
    const fault = checkAssertion(form, keys.publicKey, now());
    if (google.mode === 'key_deleted') refuseToken(response, 'Invalid JWT Signature.');
    else if (fault !== undefined) refuseToken(response, fault);
    else {
      state.tokens += 1;
      sendJson(response, { access_token: `ya29.fake-${state.tokens}`, expires_in: 3599, token_type: 'Bearer' });
    }
  }

  function isSignedIn(request: IncomingMessage): boolean {
    const current = `Bearer ya29.fake-${state.tokens}`;
    if (google.mode !== 'token_expired') return request.headers.authorization === current;
    google.mode = 'ok';
    return false;
  }

  function sheetOf(gid: string | null): FakeSheet {
    const sheet = spreadsheet.sheets.find((one) => String(one.gid) === gid);
    if (sheet === undefined) throw new Error(`no sheet ${gid}`);
    return sheet;
  }

  function sendValues(asked: URL, response: ServerResponse): void {
    const range = asked.searchParams.get('ranges') ?? '';
    const unformatted = asked.searchParams.get('valueRenderOption') === 'UNFORMATTED_VALUE';
    if (!unformatted || asked.searchParams.get('dateTimeRenderOption') !== 'SERIAL_NUMBER') {
      sendError(response, 400, 'INVALID_ARGUMENT', 'This fake knows unformatted values with serial numbers only.');
      return;
    }
    sendCells('values', response, 'application/json', () => {
      const match = /^'((?:[^']|'')+)'!([A-Z]+)(\d+):([A-Z]+)(\d+)$/.exec(range);
      const sheet = spreadsheet.sheets.find((one) => one.title === match?.[1]?.replaceAll("''", "'"));
      if (match === null || sheet === undefined) return badRequest(`Unable to parse range: ${range}`);
      const [fromColumn, toColumn] = [indexOf(match[2]), indexOf(match[4])];
      const [from, to] = [Number(match[3]), Number(match[5])];
      if (from > gridRows(sheet))
        return badRequest(`Range (${range}) exceeds grid limits. Max rows: ${gridRows(sheet)}`);
      const rows = sheet.cells.slice(from - 1, to).map((row) => trimEnd(row.slice(fromColumn, toColumn + 1)));
      while (rows.length > 0 && rows.at(-1)?.length === 0) rows.pop();
      const values = rows.length === 0 ? {} : { values: rows.map((row) => row.map((cell) => cell ?? '')) };
      return JSON.stringify({
        spreadsheetId: spreadsheet.id,
        valueRanges: [{ range, majorDimension: 'ROWS', ...values }],
      });
    });
  }

  /** Answers with cells, or with the fault or after the edit that was ordered for this request. */
  function sendCells(name: string, response: ServerResponse, type: string, make: () => string): void {
    google.requests.push(name);
    const n = state.cellRequests;
    state.cellRequests += 1;
    edits.get(n)?.();
    const fault = faults.get(n);
    faults.delete(n);
    const body = make();
    if (fault !== undefined) answerWithFault(response, fault, body);
    else response.writeHead(body.startsWith('{"error"') ? 400 : 200, { 'content-type': type }).end(body);
  }

  function describe(): unknown {
    return {
      properties: { title: spreadsheet.title, locale: 'en_GB', timeZone: spreadsheet.timeZone },
      sheets: spreadsheet.sheets.map((sheet) => ({
        properties: {
          sheetId: sheet.gid,
          title: sheet.title,
          gridProperties: {
            rowCount: gridRows(sheet),
            columnCount: Math.max(1, widthOf(sheet)),
          },
        },
      })),
    };
  }

  return google;
}

/** What is wrong with the request for a token, in Google's words. */
function checkAssertion(form: URLSearchParams, publicKey: KeyObject, now: number): string | undefined {
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:jwt-bearer') return 'Unsupported grant type.';
  const [header = '', claims = '', signature = ''] = (form.get('assertion') ?? '').split('.');
  const key = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }));
  if (!verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url')))
    return 'Invalid JWT Signature.';
  const said = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
  const { alg, kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as Record<string, unknown>;
  if (alg !== 'RS256' || kid !== 'test-key-1') return 'Invalid JWT: unknown key.';
  if (said['iss'] !== EMAIL) return 'Invalid grant: account not found';
  if (said['aud'] !== AUDIENCE) return 'Invalid JWT: wrong audience.';
  if (said['scope'] !== 'https://www.googleapis.com/auth/spreadsheets.readonly') return 'Invalid scope.';
  const [issued, expires] = [Number(said['iat']), Number(said['exp'])];
  if (expires - issued > 3600 || Math.abs(issued - now / 1000) > 300)
    return 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
  return undefined;
}

function refuseToken(response: ServerResponse, description: string): void {
  response.writeHead(400, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: 'invalid_grant', error_description: description }));
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=UTF-8' }).end(JSON.stringify(value));
}

function sendError(response: ServerResponse, code: number, status: string, message: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code, message, status } }));
}

function badRequest(message: string): string {
  return JSON.stringify({ error: { code: 400, message, status: 'INVALID_ARGUMENT' } });
}

function gridRows(sheet: FakeSheet): number {
  return sheet.rows ?? sheet.cells.length;
}

function widthOf(sheet: FakeSheet): number {
  return sheet.cells.reduce((width, row) => Math.max(width, row.length), 0);
}

function trimEnd(row: FakeCell[]): FakeCell[] {
  return row.slice(0, row.findLastIndex((cell) => cell !== null && cell !== '') + 1);
}

function indexOf(letters = 'A'): number {
  return [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}

/** As Google writes it: CRLF, quotes where they are needed, every row as wide as the sheet. */
function csvOf(sheet: FakeSheet): string {
  const width = widthOf(sheet);
  return sheet.cells
    .map((row) =>
      Array.from({ length: width }, (_, index) => {
        const cell = row[index] ?? '';
        const text = typeof cell === 'boolean' ? String(cell).toUpperCase() : String(cell);
        return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
      }).join(','),
    )
    .join('\r\n');
}
