/** Reading CSV and TSV text for previews: quotes, doubled quotes and line breaks inside quotes. */

/** Rows of cells. */
export function parseDelimited(text, separator) {
  const rows = [[]];
  let cell = '';
  let quoted = false;
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n').replace(/\n+$/, '');
  for (let i = 0; i < source.length; i += 1) {
    const char = source[i];
    if (quoted) {
      if (char !== '"') cell += char;
      else if (source[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (char === '"' && cell === '') quoted = true;
    else if (char === separator) {
      rows.at(-1).push(cell);
      cell = '';
    } else if (char === '\n') {
      rows.at(-1).push(cell);
      cell = '';
      rows.push([]);
    } else cell += char;
  }
  rows.at(-1).push(cell);
  return rows;
}
