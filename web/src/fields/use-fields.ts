import { useCallback, useRef, useState } from "preact/hooks";
import type { Connection } from "../../../src/client/index.ts";
import type { PageConfig } from "../page-config.ts";
import { begunAnew, type FieldValues, firstValues, withInput, withOutputs } from "./field-values.ts";

/** The page's inputs and outputs, and what can be done with them. */
export interface UsedFields {
  readonly values: FieldValues;
  /** The visitor changes an input; `isFinal` for what is sent in any case, such as Enter or a button. */
  readonly change: (index: number, value: unknown, isFinal: boolean) => void;
  /** Sends the inputs as they are. */
  readonly submit: () => void;
  /** Has a new connection carry them. */
  readonly attach: (connection: Connection) => void;
}

export function useFields(config: PageConfig): UsedFields {
  const [values, setValues] = useState(() => firstValues(config));
  // Beside the state: what is sent has to be what was said last, not what was drawn last.
  const latest = useRef(values);
  const connection = useRef<Connection>(null);
  const wasTouched = useRef(false);

  const set = useCallback((next: FieldValues) => {
    latest.current = next;
    setValues(next);
  }, []);
  const submit = useCallback(() => connection.current?.setInput(...latest.current.inputs), []);
  const change = useCallback(
    (index: number, value: unknown, isFinal: boolean) => {
      wasTouched.current = true;
      set(withInput(latest.current, index, value));
      if (isFinal || config.ui.sendInputOn === "change") submit();
    },
    [config, set, submit],
  );
  const attach = useCallback(
    (next: Connection) => {
      connection.current = next;
      set(begunAnew(config, latest.current));
      if (wasTouched.current) submit(); // The server begins with the first values.
      next.on("outputs", (outputs) => set(withOutputs(config, latest.current, outputs)));
      next.on("message", ({ type }) => {
        if (type === "send_input") submit();
      });
    },
    [config, set, submit],
  );
  return { values, change, submit, attach };
}
