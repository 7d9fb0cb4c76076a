import type { ReactNode } from 'react';

/** What is shown in place of the portal until there is more to say. */
export function Outside({ children }: { children: ReactNode }) {
  return (
    <main className="outside">
      <h1 className="hidden-visually">Webhooks</h1>
      {children}
    </main>
  );
}

/** A page that is shown in place of the portal. */
export function OutsidePage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <main className="outside">
      <div className="card state">
        <h1>{title}</h1>
        {children}
      </div>
    </main>
  );
}

/** Where to get a new link, when the installation knows it. */
export function RefreshLink({ url }: { url: string | null }) {
  return url === null ? (
    <p>Open the portal again from where you came.</p>
  ) : (
    <a className="button button-primary" href={url}>
      Get a new link
    </a>
  );
}
