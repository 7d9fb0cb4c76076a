import { type RefObject, useEffect, useRef } from 'react';

interface RemovalFocus<E extends HTMLElement> {
  /** What has the things and their buttons: each that removes one has `data-remove`, one that adds has `data-add`. */
  container: RefObject<E | null>;
  /** Called as the thing at an index is removed. */
  onRemoved: (index: number) => void;
}

/** Keeps the focus where a thing was removed from a list: on the next one's button, or on what adds another. */
export function useRemovalFocus<E extends HTMLElement>(count: number): RemovalFocus<E> {
  const container = useRef<E>(null);
  const removed = useRef<number | null>(null);
  useEffect(() => {
    if (removed.current !== null && container.current !== null) {
      const index = Math.min(removed.current, count - 1);
      const next = container.current.querySelectorAll<HTMLElement>('[data-remove]')[index];
      (next ?? container.current.querySelector<HTMLElement>('[data-add]'))?.focus();
      removed.current = null;
    }
  }, [count]);
  return {
    container,
    onRemoved: (index) => {
      removed.current = index;
    },
  };
}
