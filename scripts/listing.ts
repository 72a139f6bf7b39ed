import Table from 'cli-table3';

/** One line of a listing, by its columns' names. */
export type Line = Readonly<Record<string, string | number | null>>;

/** `table` for people; `tabs` and `json`, a line each and no head, for what comes after a pipe. */
export type Format = 'table' | 'tabs' | 'json';

/** A table on a terminal, tabs into a pipe, JSON where it was asked for. */
export function formatFor(json: boolean, isTerminal: boolean = process.stdout.isTTY): Format {
  if (json) return 'json';
  return isTerminal ? 'table' : 'tabs';
}

/** The lines as text, ending with a line break; empty where there are none. All lines have the same columns. */
export function listing(lines: readonly Line[], format: Format): string {
  const [first] = lines;
  if (!first) return '';
  switch (format) {
    case 'json':
      return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    case 'tabs':
      return lines.map((line) => `${cellsOf(line).join('\t')}\n`).join('');
    case 'table': {
      const table = new Table({ head: Object.keys(first), style: { head: [], border: [] } });
      for (const line of lines) table.push(cellsOf(line));
      return `${table.toString()}\n`;
    }
    default:
      return format satisfies never;
  }
}

/** A tab or a line break within a cell would make two of it. */
function cellsOf(line: Line): string[] {
  return Object.values(line).map((cell) => (cell === null ? '' : String(cell).replace(/\s+/g, ' ')));
}

/** For people: `40 s`, `12 min`, `3 h`, `2 days`. */
export function ageInWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1_000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
