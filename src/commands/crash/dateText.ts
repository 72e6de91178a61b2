/** `Mon Nov 23 01:11:21 UTC 2026`, in the zone of whoever looks. `seconds` since the epoch. */
export function dateText(seconds: number): string {
  const date = new Date(seconds * 1000);
  const [weekday, month, , year] = date.toDateString().split(' ');
  return `${weekday} ${month} ${String(date.getDate()).padStart(2)} ${date.toTimeString().slice(0, 8)} ${zoneName(date)} ${year}`;
}

let format: Intl.DateTimeFormat | undefined;

function zoneName(date: Date): string {
  format ??= new Intl.DateTimeFormat('en-US', { timeZoneName: 'short' });
  return format.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
}
