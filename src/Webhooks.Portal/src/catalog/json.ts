export type JsonObject = Record<string, unknown>;

/** A text as a JSON object, null when it is empty, or what is wrong with it. */
export function parseObject(text: string): { value: JsonObject | null } | { problem: string } {
  if (text.trim() === '') {
    return { value: null };
  }

  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { value: value as JsonObject }
      : { problem: 'It must be a JSON object: { … }.' };
  } catch (error) {
    return { problem: `It is not JSON: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

/** A JSON object as people read it; an empty text for null. */
export const formatObject = (value: object | null): string => (value === null ? '' : JSON.stringify(value, null, 2));
