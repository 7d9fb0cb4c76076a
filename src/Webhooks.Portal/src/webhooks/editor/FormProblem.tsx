import { ApiProblem } from '../../api/problem.ts';
import { Problem } from '../../ui/States.tsx';

/** What is wrong with a form: which fields to look at, or what else the server said. */
export function FormProblem({ error }: { error: unknown }) {
  const fields = error instanceof ApiProblem ? Object.keys(error.errors) : [];
  if (fields.length === 0) {
    return <Problem error={error} />;
  }

  return (
    <div className="notice notice-bad" role="alert">
      <strong>Something in it has to be changed</strong>
      <span>
        Look at{' '}
        {[...new Set(fields.map((field) => field.split(/[.[]/)[0] ?? field))]
          .map((field) => field.replaceAll('_', ' '))
          .join(', ')}
        : what is wrong is said there.
      </span>
    </div>
  );
}
