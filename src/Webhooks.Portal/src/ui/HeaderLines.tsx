import { Code } from './Code.tsx';

/** The headers of a request or an answer as they are written, a line each. */
export function HeaderLines({ label, headers }: { label: string; headers: Readonly<Record<string, string>> }) {
  return (
    <Code label={label}>
      {Object.entries(headers)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n')}
    </Code>
  );
}
