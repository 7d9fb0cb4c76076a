/** How a page is left: goes where the reader wanted to. */
export type Leave = () => void;

/**
 * Holds back whoever leaves the page within the portal, by a link or the way back, and calls `ask` with the way on instead. Browsers that
 * have no Navigation API hold back at links alone. Answers with what ends that.
 */
export function holdLeaving(ask: (leave: Leave) => void): () => void {
  const navigation = (window as { navigation?: NavigationEvents }).navigation;
  return navigation === undefined ? holdAtLinks(ask) : holdNavigation(navigation, ask);
}

function holdNavigation(navigation: NavigationEvents, ask: (leave: Leave) => void): () => void {
  let isLeaving = false;
  const hold = (event: NavigateEvent) => {
    if (isLeaving || !event.cancelable || !event.destination.sameDocument) {
      return;
    }

    const { key, url } = event.destination;
    const isTraversal = event.navigationType === 'traverse';
    event.preventDefault();
    ask(() => {
      isLeaving = true;
      if (isTraversal) {
        navigation.traverseTo(key);
      } else {
        history.pushState(null, '', url);
      }
    });
  };
  navigation.addEventListener('navigate', hold);
  return () => navigation.removeEventListener('navigate', hold);
}

function holdAtLinks(ask: (leave: Leave) => void): () => void {
  const hold = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    const isElsewhere = event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (link === null || isElsewhere || link.origin !== location.origin || link.target !== '') {
      return;
    }

    event.preventDefault();
    event.stopPropagation();
    ask(() => history.pushState(null, '', link.href));
  };
  document.addEventListener('click', hold, { capture: true });
  return () => document.removeEventListener('click', hold, { capture: true });
}

/** What is used of the Navigation API (HTML, section 7.2.6), which TypeScript does not know yet. */
interface NavigationEvents {
  addEventListener(type: 'navigate', listener: (event: NavigateEvent) => void): void;
  removeEventListener(type: 'navigate', listener: (event: NavigateEvent) => void): void;
  traverseTo(key: string): unknown;
}

interface NavigateEvent extends Event {
  readonly navigationType: 'push' | 'replace' | 'reload' | 'traverse';
  readonly destination: { readonly url: string; readonly key: string; readonly sameDocument: boolean };
}
