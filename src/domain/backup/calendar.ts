export type CalendarRule = 'daily' | 'weekly' | 'monthly';

const dayMs = 86_400_000;

/** The day, week or month that a time (milliseconds since 1970) lies in, in UTC; a week is named by its Monday. */
export function bucketOf(rule: CalendarRule, time: number): string {
  const day = new Date(time).toISOString().slice(0, 10);
  switch (rule) {
    case 'daily':
      return day;
    case 'weekly': {
      const sinceMonday = (new Date(time).getUTCDay() + 6) % 7;
      return new Date(time - sinceMonday * dayMs).toISOString().slice(0, 10);
    }
    case 'monthly':
      return day.slice(0, 7);
  }
}
