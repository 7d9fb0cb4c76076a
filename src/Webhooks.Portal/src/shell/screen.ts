import { type ComponentType, createElement, lazy, useState } from 'react';

interface Screen<Props> {
  (props: Props): React.ReactNode;
  /** Loads it before it is opened. */
  preload: () => Promise<void>;
}

/** A screen that is loaded when it is first opened. One that is there already is shown at once, without a placeholder before it. */
export function screen<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>): Screen<Props> {
  let loaded: ComponentType<Props> | null = null;
  const Lazy = lazy(load) as unknown as ComponentType<Props>;
  // biome-ignore lint/correctness/noComponentHookFactories: it is made once for each screen, not while something is drawn.
  const Shown = (props: Props) => {
    // What an opened screen is does not change while it is open.
    const [Component] = useState(() => loaded ?? Lazy);
    return createElement(Component, props);
  };
  return Object.assign(Shown, {
    preload: async () => {
      loaded = (await load()).default;
    },
  });
}
