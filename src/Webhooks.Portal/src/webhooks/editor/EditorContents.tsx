import { type RefObject, useEffect, useState } from 'react';

/** The sections of a form beside it, where there is room for that; each leads to its own. */
export function EditorContents({ form }: { form: RefObject<HTMLElement | null> }) {
  const [headings, setHeadings] = useState<readonly HTMLElement[]>([]);
  useEffect(() => setHeadings([...(form.current?.querySelectorAll<HTMLElement>('[data-section]') ?? [])]), [form]);

  // By focus and not by an address, which would be another page to go back to.
  const show = (heading: HTMLElement) => {
    heading.focus({ preventScroll: true });
    heading.scrollIntoView({ block: 'start' });
  };
  return (
    <nav className="editor-contents" aria-label="Sections">
      <ul>
        {headings.map((heading) => (
          <li key={heading.id}>
            <button type="button" className="button button-plain button-small" onClick={() => show(heading)}>
              {heading.textContent}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
