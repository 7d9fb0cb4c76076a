import { usePortal } from '../shell/context.ts';
import { formatCountdown } from '../ui/time.ts';
import { useNow } from '../ui/useNow.ts';
import { SignInButton } from './SignInButton.tsx';

/** How long before its end a sign-in says so at most, in milliseconds. */
const most = 5 * 60_000;

/** Says that a sign-in which is not renewed by itself ends soon, while there is time to finish something. */
export function SignInEnds() {
  const { signIn } = usePortal().access;
  const now = useNow(1_000);
  const lasts = signIn?.lasts ?? null;
  if (signIn === null || lasts === null || now < lasts.until - Math.min(most, (lasts.until - lasts.from) / 4)) {
    return null;
  }

  return (
    <aside className="notice notice-warn shell-notice" aria-label="Your sign-in">
      <div className="row row-spread">
        <span>
          Your sign-in ends in {formatCountdown(new Date(lasts.until).toISOString(), now)}. Save what you are at.
        </span>
        <SignInButton label="Sign in again" isSmall onLeave={signIn.again} />
      </div>
    </aside>
  );
}
