import { Fragment, lazy, Suspense, useRef, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { NoOrganization } from '../organizations/NoOrganization.tsx';
import { PaletteButton } from '../palette/PaletteButton.tsx';
import { SignInEnds } from '../signin/SignInEnds.tsx';
import { Loading } from '../ui/States.tsx';
import { useMay, usePortal } from './context.ts';
import { screensFor } from './navigation.ts';
import { Routes } from './Routes.tsx';
import { ScreenBoundary } from './ScreenBoundary.tsx';

const OrganizationChooser = lazy(() => import('../organizations/OrganizationChooser.tsx'));

/** The frame of every screen: where one is, where one can go, and the screen. */
export function Shell() {
  const { access, session, settings } = usePortal();
  const [location] = useLocation();
  const [isMenuOpen, setMenuOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const isOperator = useMay('admin');
  const name = session.organization_name ?? 'Webhooks';
  const isPlatform = location === '/' || isWithin(location, '/organizations');
  return (
    <div className="shell">
      <button type="button" className="button shell-skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header className="shell-side" data-closed={isMenuOpen ? undefined : ''}>
        <div className="shell-top">
          <span className="shell-name">{name}</span>
          <button
            type="button"
            className="button button-small shell-menu"
            aria-expanded={isMenuOpen}
            onClick={() => setMenuOpen(!isMenuOpen)}
          >
            Menu
          </button>
        </div>
        {isOperator && (
          <div className="shell-chooser">
            <Suspense fallback={<span className="placeholder" />}>
              <OrganizationChooser onChosen={() => setMenuOpen(false)} />
            </Suspense>
          </div>
        )}
        <PaletteButton onChosen={() => setMenuOpen(false)} />
        <nav className="shell-nav" aria-label="Screens">
          {screensFor(session).map(({ path, name: screen, group }, index, all) => (
            <Fragment key={path}>
              {group !== undefined && group !== all[index - 1]?.group && <p className="shell-group">{group}</p>}
              <Link
                href={path}
                aria-current={isWithin(location, path) ? 'page' : undefined}
                onClick={() => setMenuOpen(false)}
              >
                {screen}
              </Link>
            </Fragment>
          ))}
        </nav>
        <div className="shell-foot">
          {access.signIn !== null && (
            <button type="button" className="button button-small" onClick={() => void access.signIn?.out()}>
              Sign out
            </button>
          )}
          <p>
            {session.read_only && <>You may look, not change. </>}
            Version {settings.version}
          </p>
        </div>
      </header>
      <main className="shell-main" ref={main} tabIndex={-1}>
        <SignInEnds />
        <ScreenBoundary place={location}>
          <Suspense fallback={<Loading what="the page" />}>
            {isOperator && session.org_id === null && !isPlatform ? <NoOrganization /> : <Routes />}
          </Suspense>
        </ScreenBoundary>
      </main>
    </div>
  );
}

const isWithin = (location: string, path: string) => location === path || location.startsWith(`${path}/`);
