// Finds lines of code that are longer than a reader's window. Text in raw string literals is what it is.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const longest = 140;
const folders = ['src', 'tests', 'bench', 'local'];
const others = /(^|[\\/])(node_modules|bin|obj|results)[\\/]/;

const root = fileURLToPath(new URL('..', import.meta.url));
const files = folders.flatMap((folder) => readdirSync(join(root, folder), { recursive: true })
  .filter((path) => /\.(cs|mjs)$/.test(path) && !others.test(path))
  .map((path) => join(folder, path)));
const found = files.flatMap((file) => findLongLines(file).map((number) => `${file}:${number} is longer than ${longest} characters.`));
found.forEach((line) => console.log(line));
process.exitCode = found.length > 0 ? 1 : 0;

function findLongLines(file) {
  const numbers = [];
  let isRaw = false;
  readFileSync(join(root, file), 'utf8').split('\n').forEach((line, index) => {
    const quotes = line.split('"""').length - 1;
    if ([...line].length > longest && !isRaw && quotes === 0) {
      numbers.push(index + 1);
    }

    isRaw = quotes % 2 === 1 ? !isRaw : isRaw;
  });
  return numbers;
}
