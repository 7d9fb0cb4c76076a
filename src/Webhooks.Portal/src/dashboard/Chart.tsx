import { lazy, Suspense, useId, useState } from 'react';
import { TableScroll } from '../ui/TableScroll.tsx';
import { formatTime } from '../ui/time.ts';
import type { Series } from './figures.ts';

const Plot = lazy(() => import('./Plot.tsx'));

interface Props {
  title: string;
  /** The beginning of each span, ISO 8601. */
  at: readonly string[];
  series: readonly Series[];
  isStacked: boolean;
  format: (value: number) => string;
}

/** Values over time, as a drawing and as a table, with what they are at the pointer, or else at last. */
export function Chart({ title, at, series, isStacked, format }: Props) {
  const id = useId();
  const [hovered, setHovered] = useState<number | null>(null);
  const index = hovered !== null && hovered < at.length ? hovered : at.length - 1;
  const shownAt = at[index];
  const words = (value: number | null | undefined) => (value === null || value === undefined ? '–' : format(value));
  return (
    <figure className="card chart" aria-labelledby={id}>
      <figcaption className="row row-spread">
        <h2 id={id}>{title}</h2>
        <span className="muted">{shownAt !== undefined && formatTime(shownAt)}</span>
      </figcaption>
      <ul className="chart-legend">
        {series.map(({ name, color, values }) => (
          <li key={name}>
            <span className={`chart-swatch chart-${color}`} aria-hidden="true" />
            {name} <strong>{words(values[index])}</strong>
          </li>
        ))}
      </ul>
      <div className="chart-box" role="img" aria-label={`${title}. The table below has the numbers.`}>
        <Suspense>
          <Plot times={at.map(Date.parse)} series={series} isStacked={isStacked} format={format} onHover={setHovered} />
        </Suspense>
      </div>
      <details>
        <summary>The numbers as a table</summary>
        <div className="chart-table">
          <TableScroll label={title}>
            <thead>
              <tr>
                <th scope="col">From</th>
                {series.map(({ name }) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {at
                .map((time, row) => (
                  <tr key={time}>
                    <th scope="row">{formatTime(time)}</th>
                    {series.map(({ name, values }) => (
                      <td key={name} className="number">
                        {words(values[row])}
                      </td>
                    ))}
                  </tr>
                ))
                .reverse()}
            </tbody>
          </TableScroll>
        </div>
      </details>
    </figure>
  );
}
