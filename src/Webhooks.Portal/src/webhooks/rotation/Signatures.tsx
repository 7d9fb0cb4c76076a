import { TableScroll } from '../../ui/TableScroll.tsx';
import { type Phase, phases } from './phase.ts';

/** With which secret each signature header is made, in each phase of a rotation. */
export function Signatures({ phase }: { phase: Phase }) {
  return (
    <section className="stack-small" aria-labelledby="signatures">
      <h2 id="signatures">What the signatures are made with</h2>
      <TableScroll label="Signatures by phase">
        <thead>
          <tr>
            <th scope="col">Header</th>
            {phases.map(({ phase: column, name }) => (
              <th key={column} scope="col" aria-current={column === phase ? 'step' : undefined}>
                {name}
                {column === phase && ', now'}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row" className="nowrap">
              <code>webhook-signature</code>
            </th>
            {phases.map(({ phase: column, all }) => (
              <Cell key={column} isNow={column === phase} text={all} />
            ))}
          </tr>
          <tr>
            <th scope="row" className="nowrap">
              <code>X-Webhook-Signature</code>
            </th>
            {phases.map(({ phase: column, one }) => (
              <Cell key={column} isNow={column === phase} text={one} />
            ))}
          </tr>
          <tr>
            <th scope="row" className="nowrap">
              <code>X-Webhook-Signature-Next</code>
            </th>
            {phases.map(({ phase: column, next }) => (
              <Cell key={column} isNow={column === phase} text={next} />
            ))}
          </tr>
        </tbody>
      </TableScroll>
      <p className="muted">
        A receiver that verifies <code>webhook-signature</code>, as libraries of Standard Webhooks do, accepts either
        secret while both sign. <code>X-Webhook-Signature</code> has room for one: it stays with the old secret until
        you promote the new one.
      </p>
    </section>
  );
}

function Cell({ isNow, text }: { isNow: boolean; text: string | null }) {
  return <td className={isNow ? 'phase-now' : undefined}>{text ?? <span className="muted">not sent</span>}</td>;
}
