import { useQuery } from '@tanstack/react-query';
import { useApi } from '../shell/context.ts';
import { keysQuery } from './queries.ts';

/** What an API key is called, by its id: one request for all of a list; its id when it is older or revoked. */
export function KeyName({ id }: { id: string }) {
  const keys = useQuery({ ...keysQuery(useApi(), undefined, 100), staleTime: 30_000 });
  const name = keys.data?.data.find((key) => key.id === id)?.name;
  return name === undefined ? <code>{id}</code> : <>“{name}”</>;
}
