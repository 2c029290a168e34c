// Alarms in saved states: Infinity is no JSON value, so an alarm that is not set is null.

import type { Alarm, Timeline } from '../time/timeline.ts';

export type SavedAlarm = number | null;

export const saveAlarm = (alarm: Alarm): SavedAlarm => (alarm.due === Infinity ? null : alarm.due);

export const loadAlarm = (timeline: Timeline, alarm: Alarm, due: SavedAlarm): void => {
  if (due === null) timeline.cancel(alarm);
  else timeline.set(alarm, due);
};
