// How close predicted numbers are. Predictions and targets have one shape, (N,) or (N, K columns);
// (N, 1) fits (N,). Source: scikit-learn's definitions. Errors: as Metric::update.
#pragma once
#include <cstdint>

#include "fathom/metrics/metric.h"

namespace fathom::metrics {

/// mean(|p - t|) of all elements.
Metric mean_absolute_error();
/// mean((p - t)^2).
Metric mean_squared_error();
/// The root of the mean squared error.
Metric root_mean_squared_error();
/// mean((log(1 + p) - log(1 + t))^2).
Metric mean_squared_log_error();
/// mean(|p - t| / max(|t|, 2.2e-16)): a share, not in percent.
Metric mean_absolute_percentage_error();
/// mean(2 |p - t| / (|p| + |t|)), 0 / 0 counting as 0.
Metric symmetric_mean_absolute_percentage_error();
/// The largest |p - t|.
Metric max_error();

/// The mean over columns, or one number a column.
enum class Columns : std::uint8_t { mean, each };
/// 1 - sum((t - p)^2) / sum((t - mean t)^2); of constant targets 1 if all are hit, else 0; of one
/// row NaN.
/// `regressors` above 0 adjusts for as many: 1 - (1 - R2)(n - 1) / (n - regressors - 1).
Metric r2(Columns columns = Columns::mean, std::int64_t regressors = 0);
/// 1 - var(t - p) / var(t).
Metric explained_variance(Columns columns = Columns::mean);

/// Linear correlation of each column. NaN where one side is constant. Shapes: -> () or (K,).
Metric pearson();
/// Correlation of ranks, ties sharing theirs. Keeps every row. Shapes: -> () or (K,).
Metric spearman();
/// Mean over rows of the cosine of the angle between p and t; 0 for a row of zeros. Shapes: (N, K).
Metric cosine_similarity();

}  // namespace fathom::metrics
