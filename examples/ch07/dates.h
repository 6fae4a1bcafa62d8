// Dates as people write them and as ISO 8601 does: the data of ch07/date_translator.
#pragma once
#include <fathom/fathom.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

namespace examples {

using fathom::Tensor;
using namespace std::string_literals;

constexpr std::int64_t days = 36525, forms = 6, longest = 48;  // from 1950 on
// A character's number is its place; 0 fills up, 1 begins and 2 ends a date.
inline const std::string characters = "\0\1\2abcdefghijklmnopqrstuvwxyz0123456789 ,.-/"s;
inline constexpr const char* units[] = {"",        "one",     "two",       "three",    "four",
                                        "five",    "six",     "seven",     "eight",    "nine",
                                        "ten",     "eleven",  "twelve",    "thirteen", "fourteen",
                                        "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
inline constexpr const char* tens[] = {"",      "",      "twenty",  "thirty", "forty",
                                       "fifty", "sixty", "seventy", "eighty", "ninety"};
inline constexpr const char* months[] = {"january",   "february", "march",    "april",
                                         "may",       "june",     "july",     "august",
                                         "september", "october",  "november", "december"};

inline std::string words(unsigned n) {
  if (n < 20) return units[n];
  return std::string(tens[n / 10]) + (n % 10 ? "-" : "") + units[n % 10];
}
inline std::string numbers(const char* format, unsigned a, unsigned b, unsigned c) {
  char text[32];
  std::snprintf(text, sizeof text, format, a, b, c);
  return text;
}

/// A day as one of the forms writes it, and as ISO 8601 does.
struct Date {
  std::string written, iso;
};
inline Date date(std::int64_t day, std::int64_t form) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days{std::chrono::year{1950} / 1 / 1} +
                                        std::chrono::days{day}};
  const auto y = static_cast<unsigned>(static_cast<int>(ymd.year()));
  const auto m = static_cast<unsigned>(ymd.month()), d = static_cast<unsigned>(ymd.day());
  const std::string month = months[m - 1], iso = numbers("%04u-%02u-%02u", y, m, d);
  const std::string of_century =
      y % 100 == 0 ? "hundred" : (y % 100 < 10 ? "oh " : "") + words(y % 100);
  switch (form) {
    case 0:
      return {std::to_string(d) + " " + month + " " + std::to_string(y), iso};
    case 1:
      return {month.substr(0, 3) + " " + std::to_string(d) + ", " + std::to_string(y), iso};
    case 2:
      return {numbers("%u.%u.%u", d, m, y), iso};
    case 3:
      return {numbers("%u/%u/%02u", m, d, y % 100), iso};
    case 4:
      return {month + " " + words(d) + ", " + std::to_string(y), iso};
    default:
      return {words(d) + " " + month + " " + words(y / 100) + " " + of_century, iso};
  }
}

/// Dates as rows of characters: read (B, longest) up to their lengths, written (B, 12).
struct Dates {
  std::vector<Date> texts;
  Tensor read, lengths, written;
};
inline Dates rows_of(std::vector<Date> texts) {
  std::vector<std::int64_t> read, lengths, written;
  const auto put = [](std::vector<std::int64_t>& to, const std::string& text) {
    for (const char c : text) to.push_back(static_cast<std::int64_t>(characters.find(c)));
  };
  for (const Date& d : texts) {
    put(read, d.written + std::string(longest - d.written.size(), '\0'));
    put(written, "\1" + d.iso + "\2");
    lengths.push_back(static_cast<std::int64_t>(d.written.size()));
  }
  const auto n = static_cast<std::int64_t>(texts.size());
  return {std::move(texts), Tensor::from(read, {n, longest}), Tensor::from(lengths),
          Tensor::from(written, {n, 12})};
}
/// Drawn dates. Every tenth day is for testing alone.
inline Dates drawn(std::int64_t count, bool testing, fathom::nn::Rng& rng) {
  const auto day = fathom::randint(0, days, {count}, rng.next()).to_vector<std::int64_t>();
  const auto form = fathom::randint(0, forms, {count}, rng.next()).to_vector<std::int64_t>();
  std::vector<Date> texts;
  for (std::size_t i = 0; i < day.size(); ++i)
    texts.push_back(date(testing ? day[i] / 10 * 10 : day[i] + (day[i] % 10 == 0), form[i]));
  return rows_of(std::move(texts));
}

}  // namespace examples
