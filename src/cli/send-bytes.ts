import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';

/**
 * Sends bytes that are made while they are sent. A portion may be used again when the next one is asked for: `fetch` gives no such
 * word, and a new buffer for each costs more time than all the rest.
 * @returns status and text of the answer, which may come before everything is sent
 */
export async function sendBytes(url: string, bytes: AsyncIterable<Buffer>): Promise<{ status: number; body: string }> {
  const begin = url.startsWith('https:') ? requestHttps : requestHttp;
  const request = begin(url, { method: 'POST', headers: { 'content-type': 'application/octet-stream' } });
  let answered = false;
  const answer = new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
  });
  answer.then(
    () => {
      answered = true;
    },
    () => {},
  );
  const write = (portion: Buffer) =>
    new Promise<void>((resolve, reject) => {
      request.write(portion, (error) => (error ? reject(error) : resolve()));
    });
  const send = async () => {
    for await (const portion of bytes) {
      if (answered) return;
      // A broken connection is told by the answer that does not come.
      await Promise.race([write(portion), answer]);
    }
    request.end();
  };
  try {
    await send();
    const response = await answer;
    return { status: response.statusCode ?? 0, body: await text(response) };
  } finally {
    request.destroy();
  }
}
