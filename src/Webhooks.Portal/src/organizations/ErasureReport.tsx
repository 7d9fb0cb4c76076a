import type { Schemas } from '../api/client.ts';
import { TableScroll } from '../ui/TableScroll.tsx';
import { Time } from '../ui/Time.tsx';

const format = new Intl.NumberFormat();

/** How far an erasure is, or what it has erased. */
export function ErasureReport({
  erasure: { state, began_at, requested_by, finished_at, rows },
}: {
  erasure: Schemas['Erasure'];
}) {
  const tables = Object.entries(rows);
  return (
    <section className="stack" aria-labelledby="erasure">
      <h2 id="erasure">{state === 'running' ? 'It is being erased' : 'It is erased'}</h2>
      <div className={`notice ${state === 'running' ? 'notice-warn' : 'notice-good'}`} role="status">
        <span>
          Asked for by {requested_by}, <Time at={began_at} />.
        </span>
        {finished_at === null ? (
          <span>It goes on by itself, also when this page is closed.</span>
        ) : (
          <span>
            Nothing is left since <Time at={finished_at} />.
          </span>
        )}
      </div>
      {tables.length > 0 && (
        <TableScroll label="What was erased">
          <thead>
            <tr>
              <th scope="col">Table</th>
              <th scope="col" className="number">
                Rows erased
              </th>
            </tr>
          </thead>
          <tbody>
            {tables.map(([table, count]) => (
              <tr key={table}>
                <td>
                  <code>{table}</code>
                </td>
                <td className="number">{format.format(count)}</td>
              </tr>
            ))}
          </tbody>
        </TableScroll>
      )}
    </section>
  );
}
