import { missing } from '../numbers.mjs';

/** A table in Markdown, without the rows of which nothing was measured; nothing when no others are left. */
export function table(headings, rows) {
  const measured = rows.filter(([, ...cells]) => cells.some((cell) => cell !== missing));
  return measured.length === 0
    ? ''
    : [headings, headings.map(() => '---'), ...measured].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A section; nothing when its parts are empty. */
export function section(title, ...parts) {
  const [body, ...notes] = parts;
  return body === '' ? '' : `## ${title}\n\n${[body, ...notes].join('\n\n')}\n`;
}
