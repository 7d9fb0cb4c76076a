/** What does not fit a schema, and where: `data.lines[0].amount`. */
export interface Misfit {
  path: string;
  message: string;
}

const most = 10;

/**
 * What of an event's data does not fit its type's JSON Schema, by an interpreter that needs no `eval`, loaded when it is first used. It is
 * what one is told while one types; the server has the last word.
 */
export async function misfitsOf(schema: object, data: unknown): Promise<readonly Misfit[]> {
  const { Validator } = await import('@cfworker/json-schema');
  const { errors } = new Validator(schema, '2020-12', false).validate(data);
  return errors
    .filter(({ keywordLocation }) => !errors.some((other) => isWithin(other.keywordLocation, keywordLocation)))
    .slice(0, most)
    .map(({ instanceLocation, error }) => ({ path: pathOf(instanceLocation), message: error }));
}

/** Whether an error is the reason of another, which only repeats that there is one. */
const isWithin = (inner: string, outer: string) => inner.startsWith(`${outer}/`);

/** `#/lines/0/amount` as the API names fields. */
function pathOf(pointer: string): string {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : `${path}.${part}`), 'data');
}
