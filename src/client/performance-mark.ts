/** Leaves a mark on the page's timeline, for measuring; the last connection's marks are the ones that stay. */
export function performanceMark(name: string): void {
  performance.clearMarks(name);
  performance.mark(name);
}
