/** By what somebody looks at the portal: a link's token, or what a sign-in gave. */
export interface Access {
  /** The token for the next request. */
  token: () => Promise<string>;
  /** What one who has signed in can do about it; null with a link. */
  signIn: SignedIn | null;
}

export interface SignedIn {
  /** Leaves to sign in anew and come back to where one is. */
  again: () => Promise<void>;
  /** Ends it here and at the authority. */
  out: () => Promise<void>;
  /** From and until when the token is good, in milliseconds; null when it is renewed by itself, or nobody knows. */
  lasts: { from: number; until: number } | null;
}

export const linkAccess = (token: string): Access => ({ token: () => Promise.resolve(token), signIn: null });
