/** The text form of an array, `{1,NULL,"a,b"}`, as nested lists; elements go through `element`. undefined where it is no such text. */
export function parsePostgresArray<T>(text: string, element: (text: string) => T): unknown[] | undefined {
  // Bounds may stand before it: [0:1]={1,2}
  let at = text.startsWith('[') ? text.indexOf('=') + 1 : 0;
  const list = readList();
  return list === undefined || at !== text.length ? undefined : list;

  function readList(): unknown[] | undefined {
    if (text[at] !== '{') return undefined;
    at++;
    const items: unknown[] = [];
    if (text[at] === '}') {
      at++;
      return items;
    }
    for (;;) {
      const item = text[at] === '{' ? readList() : readElement();
      if (item === undefined) return undefined;
      items.push(item);
      const mark = text[at++];
      if (mark === '}') return items;
      if (mark !== ',') return undefined;
    }
  }

  function readElement(): T | null | undefined {
    if (text[at] === '"') {
      let quoted = '';
      for (at++; at < text.length && text[at] !== '"'; at++) {
        if (text[at] === '\\') at++;
        quoted += text[at] ?? '';
      }
      return text[at++] === '"' ? element(quoted) : undefined;
    }
    const from = at;
    while (at < text.length && text[at] !== ',' && text[at] !== '}') at++;
    const plain = text.slice(from, at);
    return plain === 'NULL' ? null : element(plain);
  }
}
