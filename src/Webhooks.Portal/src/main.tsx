import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { organizationIn } from './organizations/places.ts';
import { takeEntry } from './shell/entry.ts';
import { Portal } from './shell/Portal.tsx';
import { askAhead, createQueries } from './shell/queries.ts';
import { preloadScreen } from './shell/Routes.tsx';
import { applyTheme } from './shell/theme.ts';
import { takeReturn } from './signin/journey.ts';
import './ui/theme.css';
import './ui/base.css';
import './ui/controls.css';
import './shell/shell.css';

const entry = takeEntry(window.location, window.history);
const returned = takeReturn(window.location, window.history, window.sessionStorage);
applyTheme(document.documentElement, entry.theme, entry.accent);
preloadScreen(window.location.pathname);
const queries = createQueries();
void askAhead(queries, entry, organizationIn(window.location.pathname));
const root = document.getElementById('root');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Portal queries={queries} entry={entry} returned={returned} />
    </StrictMode>,
  );
}
