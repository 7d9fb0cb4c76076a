import { Link } from 'wouter';
import type { SignedIn } from '../api/access.ts';
import type { Settings } from '../api/settings.ts';
import { baseOf } from '../organizations/places.ts';
import { SignInButton } from '../signin/SignInButton.tsx';
import { OutsidePage, RefreshLink } from './OutsidePage.tsx';

interface Props {
  settings: Settings;
  signIn: SignedIn | null;
}

/** What there is when the API takes a token no more: a way to another. */
export function AccessEnded({ settings, signIn }: Props) {
  return signIn === null ? (
    <OutsidePage title="Your access has ended">
      <p>
        The link that you opened this page with has expired, or it was revoked. What you saw is safe; a new link brings
        you back.
      </p>
      <RefreshLink url={settings.refresh_url} />
    </OutsidePage>
  ) : (
    <OutsidePage title="Your sign-in has ended">
      <p>What you saw is safe. Sign in again, and you are back on this page.</p>
      <SignInButton label="Sign in again" onLeave={signIn.again} />
    </OutsidePage>
  );
}

/** What there is when somebody has signed in, and the API takes nothing that comes of it. */
export function SignInRefused({ signIn, reason }: { signIn: SignedIn; reason: string }) {
  return (
    <OutsidePage title="You are signed in, but may not come in">
      <p role="alert">
        The sign-in knows you, and this server does not accept what it says about you. Sign in with another account, or
        tell your operator: {reason}
      </p>
      <button type="button" className="button button-primary" onClick={() => void signIn.out()}>
        Sign out
      </button>
    </OutsidePage>
  );
}

/** What there is of an address that names an organization, for who is no operator. */
export function OperatorsOnly() {
  return (
    <OutsidePage title="This address is for operators">
      <p role="alert">It leads to an organization that is named in it, and your access is for your own alone.</p>
      <Link className="button button-primary" href={`${baseOf(undefined)}/`}>
        Go to your own
      </Link>
    </OutsidePage>
  );
}
