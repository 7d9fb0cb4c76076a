import { readFileSync } from 'node:fs';

/**
 * The text of a file that may not be there, or nothing. It is not looked for first: it may go away between a look and the reading, as
 * the files of a process do that ends.
 *
 * @returns {string | undefined}
 */
export function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') {
      return undefined;
    }

    throw error;
  }
}

/** The number that a file holds; 0 when it holds none or is not there. */
export function readNumber(file) {
  return Number(readIfThere(file)) || 0;
}
