// C1 controls, line separators, a byte order mark, and what changes the direction or the look of the text around it.
const troublesome = /[\u007f-\u00a0\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A text as a literal that JavaScript, Python, C# and Go read alike, on one line and without characters that deceive the eye. */
export const literal = (text: string): string =>
  JSON.stringify(text).replace(
    troublesome,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** A text as one word of a POSIX shell, whatever it contains. */
export const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
