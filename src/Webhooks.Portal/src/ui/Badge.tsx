import type { ReactNode } from 'react';

export type Tone = 'good' | 'bad' | 'warn' | 'idle';

/** A state in a word; the colour only underlines it. */
export function Badge({ tone, children }: { tone: Tone; children: ReactNode }) {
  return <span className={`badge badge-${tone}`}>{children}</span>;
}
