import type { SectionProps } from './draft.ts';
import { FormSection } from './FormSection.tsx';
import { PairRows } from './PairRows.tsx';

/** Labels of the organization's own. */
export function MetadataSection({ draft, error, onChange }: SectionProps) {
  return (
    <FormSection title="Labels" hint="For your own order, such as team: billing. Nothing is sent of them.">
      <PairRows
        field="metadata"
        one="label"
        nameLabel="Key"
        pairs={draft.metadata}
        error={error}
        onChange={(metadata) => onChange({ metadata })}
      />
    </FormSection>
  );
}
