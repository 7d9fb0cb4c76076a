import { useEffect, useEffectEvent, useState } from 'react';
import { LeaveGuard } from '../ui/LeaveGuard.tsx';
import { ShownOnce } from '../ui/ShownOnce.tsx';
import './webhooks.css';

/** A webhook's new secret, which nobody leaves by a slip. */
export function NewSecret({ secret, onSaved }: { secret: string; onSaved: () => void }) {
  const [isSaved, setSaved] = useState(false);

  const goOn = useEffectEvent(onSaved);
  useEffect(() => {
    if (isSaved) {
      goOn();
    }
  }, [isSaved]);

  return (
    <section className="card new-secret" aria-label="Secret">
      <ShownOnce name="secret" value={secret} onSaved={() => setSaved(true)}>
        Deliveries are signed with it. Give it to your receiver, which verifies by it that a request comes from here.
        Later only its last four characters are shown. If it is lost, make a new one: no receiver has to break for that.
      </ShownOnce>
      <LeaveGuard isOn={!isSaved} title="Leave without the secret?">
        It is shown nowhere again. Copy it first.
      </LeaveGuard>
    </section>
  );
}
