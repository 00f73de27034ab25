import { expect, test } from "vitest";
import { type ChoiceStorage, rememberDevices, rememberedDevices } from "../../web/src/chosen-devices.ts";

function storageWith(text: string | null): { storage: () => ChoiceStorage; kept: () => string | null } {
  let kept = text;
  const storage: ChoiceStorage = { getItem: () => kept, setItem: (_key, value) => (kept = value) };
  return { storage: () => storage, kept: () => kept };
}

test("what was chosen comes back on the next visit", () => {
  const { storage } = storageWith(null);
  rememberDevices({ camera: "a", speaker: "c" }, storage);
  expect(rememberedDevices(storage)).toEqual({ camera: "a", speaker: "c" });
});

test.each([null, "", "no JSON", "null", "[]", '{"camera":1,"other":"x"}'])(
  "nothing was chosen where storage holds %j",
  (text) => {
    expect(rememberedDevices(storageWith(text).storage)).toEqual({});
  },
);

test("where the browser gives no storage, the browser chooses", () => {
  const refused = (): ChoiceStorage => {
    throw new DOMException("The operation is insecure.", "SecurityError");
  };
  rememberDevices({ camera: "a" }, refused);
  expect(rememberedDevices(refused)).toEqual({});
});
