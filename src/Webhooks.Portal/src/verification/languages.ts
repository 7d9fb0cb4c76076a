import type { SentRequest } from './request.ts';
import { csharp } from './snippets/csharp.ts';
import { go } from './snippets/go.ts';
import { node } from './snippets/node.ts';
import { python } from './snippets/python.ts';
import { shell } from './snippets/shell.ts';

/** A language that receivers are written in. */
export interface Language {
  id: string;
  name: string;
  /** How a snippet is run that was pasted into a file. */
  run: string;
  /** A program that verifies a request with the secret of the environment, and says of each signature whether it is valid. */
  snippetOf: (request: SentRequest) => string;
}

export const languages: readonly Language[] = [
  { id: 'python', name: 'Python', run: 'python3 verify.py', snippetOf: python },
  { id: 'node', name: 'Node.js', run: 'node verify.mjs', snippetOf: node },
  { id: 'csharp', name: 'C#', run: 'dotnet run verify.cs', snippetOf: csharp },
  { id: 'go', name: 'Go', run: 'go run verify.go', snippetOf: go },
  { id: 'shell', name: 'Shell', run: 'sh verify.sh', snippetOf: shell },
];
