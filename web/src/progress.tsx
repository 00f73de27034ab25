import type { VNode } from "preact";
import type { Progress as ProgressOfWork } from "../../src/client/index.ts";

/** How far a long piece of work on the server is. */
export function Progress({ progress }: { progress: ProgressOfWork | undefined }): VNode {
  return (
    <div class="progress" role="status">
      {progress && (
        <>
          <span>{progress.text}</span>
          <progress
            aria-label={progress.text}
            {...(progress.value !== undefined && { value: Math.min(1, Math.max(0, progress.value)) })}
          />
        </>
      )}
    </div>
  );
}
