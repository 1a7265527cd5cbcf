import moment from 'moment-timezone';

/** A date by moment's format, in a zone of the IANA list. Throws for a zone that is not in it. */
export type FormatDate = (date: Date, format: string, zone: string) => string;

export const formatDate: FormatDate = (date, format, zone) => {
  if (moment.tz.zone(zone) === null) throw new Error(`Unknown time zone ${zone}`);
  return moment(date).tz(zone).format(format);
};
