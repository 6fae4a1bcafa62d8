#include "fathom/backend/cpu/winograd_choice.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>

#include "fathom/core/error.h"

namespace fathom::cpu {
namespace {

using std::int64_t;

constexpr int kUnread = -1;
std::atomic<int> chosen_winograd{kUnread};

Winograd read_choice() {
  const char* text = std::getenv("FATHOM_WINOGRAD");
  const std::string_view word = text ? text : "";
  if (word.empty()) return Winograd::automatic;
  if (word == "0" || word == "off") return Winograd::off;
  if (word == "2") return Winograd::two;
  if (word == "4") return Winograd::four;
  throw ValueError({.operation = "cpu",
                    .problem = "unknown choice in FATHOM_WINOGRAD",
                    .received = {{"FATHOM_WINOGRAD", text}},
                    .expected = "0 or off for none, 2 or 4 for tiles of 2x2 or 4x4"});
}

/// Weights beyond what a shared cache holds are read from memory, which takes as long as so many
/// multiplications for each number.
double reading(double numbers) { return 10 * std::max(0.0, numbers - (1 << 21)); }

/// Multiplications of one picture, rows of taps in the zeros around left out.
double direct_work(const WinogradConv& c) {
  int64_t rows = 0;
  for (int64_t i = 0; i < c.out[0]; ++i)
    for (int64_t t = i - c.low[0]; t < i - c.low[0] + 3; ++t) rows += t >= 0 && t < c.in[0];
  const auto pairs = static_cast<double>(c.channels * c.outputs);
  return static_cast<double>(rows * c.out[1] * 3) * pairs + reading(9 * pairs);
}
/// A transform takes as long as 16 multiplications for each number.
double winograd_work(const WinogradConv& c) {
  const auto pairs = static_cast<double>(c.channels * c.outputs);
  const auto places = static_cast<double>(c.places());
  return static_cast<double>(c.tiles_along(0) * c.tiles_along(1)) * places *
             (pairs + 16 * static_cast<double>(c.channels + c.outputs)) +
         reading(places * pairs);
}

}  // namespace

Winograd winograd() {
  // Threads that come here at the same time read the same.
  int choice = chosen_winograd.load(std::memory_order_relaxed);
  if (choice == kUnread) {
    choice = static_cast<int>(read_choice());
    chosen_winograd.store(choice, std::memory_order_relaxed);
  }
  return static_cast<Winograd>(choice);
}

std::string_view name(Winograd choice) {
  constexpr std::string_view names[] = {"automatic", "off", "F(2x2)", "F(4x4)"};
  return names[static_cast<int>(choice)];
}

void set_winograd_for_test(Winograd choice) {
  chosen_winograd.store(static_cast<int>(choice), std::memory_order_relaxed);
}

std::optional<WinogradConv> choose_winograd(const backend::ConvGeometry& g, bool backward_input) {
  const Winograd choice = winograd();
  if (choice == Winograd::off || !WinogradConv::serves(g)) return std::nullopt;
  const auto cut = [&](int side) {
    return backward_input ? WinogradConv::backward_input(g, side) : WinogradConv::forward(g, side);
  };
  const WinogradConv two = cut(2), four = cut(4);
  if (choice != Winograd::automatic) return choice == Winograd::two ? two : four;
  const WinogradConv& best = winograd_work(two) < winograd_work(four) ? two : four;
  constexpr double gain = 1.1;
  if (gain * winograd_work(best) > direct_work(best)) return std::nullopt;
  return best;
}

}  // namespace fathom::cpu
