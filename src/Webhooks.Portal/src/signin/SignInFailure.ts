/** Why somebody could not sign in, in words for them. */
export class SignInFailure extends Error {
  readonly title: string;

  constructor(title: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SignInFailure';
    this.title = title;
  }

  /** A return that did not begin in this tab: an old address, or one that somebody else made. */
  static readonly foreign = new SignInFailure(
    'This sign-in did not begin here',
    'The address is that of a sign-in which this tab did not begin, or which is over. Nothing of it was used.',
  );
}
