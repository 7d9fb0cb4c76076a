import { Component, type ReactNode } from 'react';

interface Props {
  /** The address of the screen; another one is another try. */
  place: string;
  children: ReactNode;
}

interface State {
  place: string;
  error: Error | null;
}

/** Keeps the frame when a screen cannot be drawn, or not be loaded because a newer version of the portal has taken its place. */
export class ScreenBoundary extends Component<Props, State> {
  override state: State = { place: this.props.place, error: null };

  static getDerivedStateFromError(error: Error): Partial<State> {
    return { error };
  }

  static getDerivedStateFromProps({ place }: Props, state: State): State | null {
    return place === state.place ? null : { place, error: null };
  }

  override render() {
    const { error } = this.state;
    return error === null ? (
      this.props.children
    ) : (
      <div className="card state" role="alert">
        <h2>This page cannot be shown</h2>
        <p>
          The portal may have been updated since you opened it. Open it again: by your link, or by reloading the page
          where you signed in. If that does not help, tell your operator what is below.
        </p>
        <p className="muted">
          <code>{error.message}</code>
        </p>
        <button type="button" className="button" onClick={() => window.location.reload()}>
          Reload the page
        </button>
      </div>
    );
  }
}
