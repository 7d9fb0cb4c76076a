import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useMemo } from 'react';
import type { Access } from '../api/access.ts';
import { Outside, OutsidePage } from '../shell/OutsidePage.tsx';
import { Loading } from '../ui/States.tsx';
import { accessOf, leaveFrom, protocol } from './access.ts';
import type { Return } from './journey.ts';
import type { Oidc } from './oidc.ts';
import { SignInButton } from './SignInButton.tsx';
import { SignInFailure } from './SignInFailure.ts';

interface Props {
  oidc: Oidc;
  returned: Return | undefined;
  /** Where the host product gives people a link; null when it does not. */
  refreshUrl: string | null;
  children: (access: Access) => ReactNode;
}

/** Has people sign in at the authority, and shows what they may see once they are back. */
export function SignIn({ oidc, returned, refreshUrl, children }: Props) {
  const arrival = useQuery({
    queryKey: ['sign-in'],
    queryFn: async () => {
      if (returned === undefined || returned.journey === null) {
        throw SignInFailure.foreign;
      }

      return (await protocol()).arrive(oidc, returned.answer, returned.journey);
    },
    enabled: returned !== undefined,
    retry: false,
    staleTime: Infinity,
    gcTime: Infinity,
  });
  const access = useMemo(
    () => (arrival.data === undefined ? null : accessOf(oidc, arrival.data)),
    [oidc, arrival.data],
  );
  if (access !== null) {
    return children(access);
  }

  if (arrival.isFetching) {
    return (
      <Outside>
        <Loading what="the sign-in" />
      </Outside>
    );
  }

  const problem = arrival.error;
  return (
    <OutsidePage title={problem === null ? 'Sign in' : titleOf(problem)}>
      <p role={problem === null ? undefined : 'alert'}>
        {problem === null
          ? 'For safety this page keeps your access only while it is open. Once you have signed in, you are back where you wanted to go.'
          : problem.message}
      </p>
      <SignInButton
        label={problem === null ? 'Sign in' : 'Sign in again'}
        onLeave={() => leaveFrom(oidc, window.location)}
      />
      {refreshUrl !== null && <a href={refreshUrl}>Get a link instead</a>}
    </OutsidePage>
  );
}

const titleOf = (problem: Error) => (problem instanceof SignInFailure ? problem.title : 'That did not work');
