// The calendar: dates of days counted from 1970-01-01, proleptic Gregorian.

package struct CivilDate: Sendable, Hashable {
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    /// 0 is Sunday.
    package let weekday: Int

    /// The date of a day counted from 1970-01-01 (Hinnant's days-to-civil rule).
    package init(day: Int64) {
        let shifted = day + 719_468
        let era = shifted.dividedDown(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        self.day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        // That day was a Thursday.
        weekday = Int(day + 4 - (day + 4).dividedDown(by: 7) * 7)
    }
}
