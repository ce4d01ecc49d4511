import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FakeCell, type FakeGoogle, startFakeGoogle } from '../support/fake-google.ts';
import { byAccount, editCells, mapping, mappingWithout, NOW, readSheet, registrations } from '../support/read-sheet.ts';

/** F17, F18 and F20 of a sheet, against a local Google. */

let google: FakeGoogle;
beforeEach(async () => {
  google = await startFakeGoogle([registrations()], () => NOW);
});
afterEach(() => google.close());

describe('faults of transport (F17)', () => {
  test.each([
    [{ kind: 'status', status: 429, headers: { 'retry-after': '3' } } as const],
    [{ kind: 'status', status: 429 } as const],
    [{ kind: 'status', status: 500 } as const],
    [{ kind: 'status', status: 502, headers: { 'content-type': 'text/html' }, body: '<html>' } as const],
    [{ kind: 'truncate' } as const],
    [{ kind: 'reset' } as const],
  ])('%o is waited out', async (fault) => {
    google.fault(0, fault);
    const { error, records, slept } = await readSheet(byAccount(google));
    expect(error).toBeUndefined();
    expect(records).toHaveLength(2);
    expect(slept).toBeGreaterThan(0);
  });

  test.each([{ kind: 'half_json' } as const, { kind: 'html' } as const])(
    '%o moves nothing and is tried again by the next run',
    async (fault) => {
      google.fault(0, fault);
      const { error, pages } = await readSheet(byAccount(google));
      expect(error).toMatchObject({ kind: 'retry' });
      expect(pages).toEqual([]);
      expect((await readSheet(byAccount(google))).error).toBeUndefined();
    },
  );
});

describe('a sheet that is edited while it is read (F18)', () => {
  const long = (count: number): FakeCell[][] => [
    ['Email', 'First name', 'Phone', 'Registered at', 'utm_source', 'a', 'b', 'c', 'd', 'e'],
    ...Array.from({ length: count }, (_, n): FakeCell[] => [`p${n}@example.com`, 'x', '', 46336]),
  ];
  beforeEach(() => {
    google.spreadsheet.sheets[0] = { ...registrations(), cells: long(25_000) };
  });

  test('rows that are deleted above are noticed by the overlap, and the sheet is read again', async () => {
    google.before(1, () => editCells(google, (cells) => cells.splice(1, 5)));
    const { records, error, log } = await readSheet(byAccount(google));
    expect(error).toBeUndefined();
    expect(log).toContain('The sheet "registrations" was changed while it was read; reading it again.');
    expect(records).toHaveLength(24_995);
    expect(records.at(-1)?.key).toBe('registrations:p24999@example.com');
  });

  test('a sheet that loses its end is read again', async () => {
    google.before(2, () => editCells(google, (cells) => cells.splice(9000)));
    const { records, error } = await readSheet(byAccount(google));
    expect(error).toBeUndefined();
    expect(records).toHaveLength(8999);
  });

  test('a sheet that does not come to rest is left to the next run', async () => {
    const change = () => editCells(google, (cells) => cells.splice(1, 1));
    for (let n = 0; n < 12; n++) google.before(n, change);
    const { error, pages } = await readSheet(byAccount(google));
    expect(error).toMatchObject({ kind: 'retry', message: expect.stringContaining('changed while it was read') });
    expect(pages).toEqual([]);
  });
});

describe('a sheet that changes its shape (F20)', () => {
  const message = async (raw = byAccount(google)) => {
    const { error, pages } = await readSheet(raw);
    expect(pages).toEqual([]);
    expect(error).toMatchObject({ name: 'PullError', kind: 'settings' });
    return (error as Error).message;
  };

  test('the header moved down', async () => {
    editCells(google, (cells) => cells.unshift(['Registrations of November'], []));
    expect(await message()).toBe(
      'Sheet "Registrations", row 1: the column "Email" is missing. Row 3 has it: the header has moved; set header_row: 3.'.replace(
        'the column "Email" is missing. Row 3 has it',
        'the columns "Email", "Phone", "Registered at" are missing. Row 3 has them',
      ),
    );
  });

  test('the header moved up', async () => {
    expect(await message(byAccount(google, { range: 'Registrations', header_row: 3, mapping }))).toMatch(
      /^Sheet "Registrations", row 3: .* Row 1 has them: the header has moved; set header_row: 1\.$/,
    );
  });

  test('the header row is empty', async () => {
    editCells(google, (cells) => cells.unshift([]));
    expect(await message()).toBe(
      'Sheet "Registrations", row 1: the header should be here, but the row is empty. Row 2 has texts: if it is the header, set header_row: 2.',
    );
  });

  test('a needed column was renamed', async () => {
    editCells(google, (cells) => {
      if (cells[0]) cells[0][3] = 'Registered on';
    });
    expect(await message()).toMatch(
      /^Sheet "Registrations", row 1: the column "Registered at" is missing\. Did you mean "Registered on" \(column D\)\?/,
    );
  });

  test('a needed column is gone', async () => {
    editCells(google, (cells) => {
      for (const row of cells) row.splice(3, 1);
    });
    expect(await message()).toMatch(
      /the column "Registered at" is missing\. The header now reads "Email", "First name"/,
    );
  });

  test("every column of a table of one's own is needed", async () => {
    const columns = [{ field: 'source', column: 'utm_sources' }];
    expect(
      await message(byAccount(google, { range: 'Registrations', mapping: { record: 'row', table: 'leads', columns } })),
    ).toMatch(/"utm_sources" is missing\. Did you mean "utm_source" \(column E\)/);
  });

  test('a column that can be done without is told and left empty', async () => {
    editCells(google, (cells) => {
      if (cells[0]) cells[0][4] = 'UTM source';
    });
    const { error, records, notices } = await readSheet(byAccount(google));
    expect(error).toBeUndefined();
    expect(records).toHaveLength(2);
    expect(notices).toEqual([expect.stringMatching(/the column "utm_source" is missing\..* Its field stays empty\.$/)]);
  });

  test('new columns are kept and named; columns may change places', async () => {
    editCells(google, (cells) => {
      for (const [index, row] of cells.entries()) row.unshift(index === 0 ? 'Score' : index * 10);
    });
    const { records, pages } = await readSheet(byAccount(google));
    expect(records).toHaveLength(2);
    expect(pages[0]?.columns?.[0]).toEqual({ name: 'Score', type: 'integer' });
    expect(pages[0]?.columns?.map(({ name }) => name)).toContain('Email');
  });

  test('a type that changes shows in the columns, and only the rows that do not fit are set aside', async () => {
    const before = await readSheet(byAccount(google));
    expect(before.pages[0]?.columns?.find(({ name }) => name === 'Registered at')?.type).toBe('number');
    editCells(google, (cells) => {
      if (cells[1]) cells[1][3] = 'next week';
      cells.push(['mei.tanaka@example.com', 'Mei', '', 'soon'], ['a@example.com', 'A', '', 46340]);
    });
    const after = await readSheet(byAccount(google));
    expect(after.pages[0]?.columns?.find(({ name }) => name === 'Registered at')?.type).toBe('text');
    expect(after.records).toHaveLength(2);
    expect(after.reasons).toHaveLength(3);
    expect(after.reasons[0]).toMatch(/^Sheet "Registrations", row 2, column "Registered at": /);
  });

  test('cells beyond the header and formulas with errors are told with sheet, row and column', async () => {
    editCells(google, (cells) => {
      cells[1] = [...(cells[1] ?? []), 'stray'];
      if (cells[2]) cells[2][2] = '#N/A';
    });
    const { records, notices } = await readSheet(byAccount(google));
    expect(records).toHaveLength(2);
    expect(records[1]).toMatchObject({ person: { email: 'ben.okafor@example.com' } });
    expect(notices).toEqual([
      'Sheet "Registrations", row 3, column "Phone": the formula gives #N/A; read as empty.',
      'Sheet "Registrations", row 2 is longer than the header: column H has no name. What stands there is left out.',
    ]);
  });

  test('equal and missing names in the header are told apart', async () => {
    editCells(google, (cells) => {
      cells[0] = ['Email', 'Email', '', 'Registered at', 'Email_2'];
    });
    const { pages } = await readSheet(
      byAccount(google, { range: 'Registrations', mapping: mappingWithout('Phone', 'utm_source') }),
    );
    expect(pages[0]?.columns?.map(({ name }) => name)).toEqual([
      'Email',
      'Email_2',
      'Column C',
      'Registered at',
      'Email_2_2',
    ]);
  });
});
