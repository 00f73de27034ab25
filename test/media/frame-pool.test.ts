import { expect, test } from "vitest";
import { FramePool } from "../../src/media/frame-pool.ts";

test("a buffer that was given back is used again", () => {
  const pool = new FramePool();
  const first = pool.lease();
  const buffer = first.allocate(100);
  first.release();
  expect(pool.lease().allocate(100)).toBe(buffer);
});

test("two leases never share a buffer", () => {
  const pool = new FramePool();
  const first = pool.lease();
  first.allocate(100);
  first.release();
  expect(pool.lease().allocate(100)).not.toBe(pool.lease().allocate(100));
});

test("releasing twice gives a buffer back once", () => {
  const pool = new FramePool();
  const lease = pool.lease();
  lease.allocate(100);
  lease.release();
  lease.release();
  expect(pool.lease().allocate(100)).not.toBe(pool.lease().allocate(100));
});

test("a handler that makes frames of three sizes finds all of them again", () => {
  const pool = new FramePool();
  const allocateAll = (): Uint8Array[] => {
    const lease = pool.lease();
    const buffers = [100, 50, 25].map((size) => lease.allocate(size));
    lease.release();
    return buffers;
  };
  const first = allocateAll();
  const second = allocateAll();
  expect(second.map((buffer, index) => buffer === first[index])).toEqual([true, true, true]);
});

test("the size that was longest out of use is forgotten when there are more than four", () => {
  const pool = new FramePool();
  const borrow = (size: number): Uint8Array => {
    const lease = pool.lease();
    const buffer = lease.allocate(size);
    lease.release();
    return buffer;
  };
  const [one, two] = [borrow(1), borrow(2)];
  borrow(3);
  borrow(4);
  borrow(1);
  borrow(5);
  expect({ one: borrow(1) === one, two: borrow(2) === two }).toEqual({ one: true, two: false });
});

test("what is given back to a closed pool is not kept", () => {
  const pool = new FramePool();
  const lease = pool.lease();
  const buffer = lease.allocate(100);
  pool.close();
  lease.release();
  expect(pool.lease().allocate(100)).not.toBe(buffer);
});

test("what is allocated on a released lease never reaches the pool", () => {
  const pool = new FramePool();
  const lease = pool.lease();
  lease.release();
  const buffer = lease.allocate(100);
  lease.release();
  expect(pool.lease().allocate(100)).not.toBe(buffer);
});
