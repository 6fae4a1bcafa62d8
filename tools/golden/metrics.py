#!/usr/bin/env python3
"""Golden metrics, from scikit-learn: writes tests/golden/metrics/metrics.safetensors.

Usage: metrics.py [--check]

Data sets are `SET.prediction`, `SET.target` and `SET.weight`; a case names its metric, its set, whether it is weighted
and its options, and its numbers are the tensor of its name. What scikit-learn lacks (specificity, calibration errors,
SMAPE, KL) is written out in NumPy here, from the definition.
"""
import warnings

import numpy as np
import sklearn
from sklearn import metrics as sk

from golden import Output, integers, uniform

warnings.filterwarnings("ignore")
tensors, cases = {}, []


def softmax(x):
    e = np.exp(x - x.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def data(name, prediction, target):
    weight = uniform(f"metrics.{name}.w", (len(target),), 0.25, 3, "f64")
    tensors.update({f"{name}.prediction": prediction, f"{name}.target": target, f"{name}.weight": weight})
    return prediction, target, weight


def case(metric, set_name, value, weighted=False, **options):
    name = f"case{len(cases)}"
    tensors[name] = np.atleast_1d(np.array(value, dtype=np.float64))
    cases.append(dict(name=name, metric=metric, set=set_name, weighted=weighted, options=options))


# Multiclass: class 4 is never true and rarely predicted, class 5 neither.
logits = uniform("metrics.multi", (57, 6), -2, 2, "f64")
logits[:, 5] = -9
m_scores, m_truth, m_weight = data("multi", softmax(logits), integers("metrics.multi.t", (57,), 0, 4))
m_pred = m_scores.argmax(1)
tensors["multi.logits"] = logits
b_scores, b_truth, b_weight = data("binary", np.round(uniform("metrics.binary", (64,), 0, 1, "f64"), 1),
                                   integers("metrics.binary.t", (64,), 0, 2))
b_pred = (b_scores > 0.5).astype(np.int64)
l_scores, l_truth, l_weight = data("labels", uniform("metrics.labels", (41, 4), 0, 1, "f64"),
                                   integers("metrics.labels.t", (41, 4), 0, 2))
l_truth[5:8] = 0
l_scores[6] = 0.1
l_pred = (l_scores > 0.5).astype(np.int64)
SETS = {"multi": (m_pred, m_truth, m_weight), "binary": (b_pred, b_truth, b_weight),
        "labels": (l_pred, l_truth, l_weight)}


def specificity(t, p, average, sample_weight):
    labels = range(6) if average == "micro" else np.unique(np.concatenate([t, p]))
    w = np.ones(len(t)) if sample_weight is None else sample_weight
    tn = np.array([w[(t != c) & (p != c)].sum() for c in labels])
    fp = np.array([w[(t != c) & (p == c)].sum() for c in labels])
    support = np.array([w[t == c].sum() for c in labels])
    if average == "micro":
        return tn.sum() / (tn.sum() + fp.sum())
    each = tn / (tn + fp)
    return each.mean() if average == "macro" else (each * support).sum() / support.sum()


for set_name, (pred, truth, weight) in SETS.items():
    for weighted in (False, True):
        w = dict(sample_weight=weight if weighted else None)
        if set_name != "labels":
            case("accuracy", set_name, sk.accuracy_score(truth, pred, **w), weighted)
            case("balanced_accuracy", set_name, sk.balanced_accuracy_score(truth, pred, **w), weighted)
            case("balanced_accuracy", set_name, sk.balanced_accuracy_score(truth, pred, adjusted=True, **w), weighted,
                 adjusted=True)
            case("matthews", set_name, sk.matthews_corrcoef(truth, pred, **w), weighted)
            for k in (None, "linear", "quadratic"):
                case("cohen_kappa", set_name, sk.cohen_kappa_score(truth, pred, weights=k, **w), weighted,
                     weights=k or "none")
            labels = list(range(6 if set_name == "multi" else 2))
            for n in (None, "true", "pred", "all"):
                case("confusion_matrix", set_name, sk.confusion_matrix(truth, pred, labels=labels, normalize=n, **w),
                     weighted, normalize=n or "none")
        else:
            case("exact_match", set_name, sk.accuracy_score(truth, pred, **w), weighted)
            case("accuracy", set_name, 1 - sk.hamming_loss(truth, pred, **w), weighted)
            case("confusion_matrix", set_name, sk.multilabel_confusion_matrix(truth, pred, **w), weighted,
                 normalize="none")
        case("hamming_loss", set_name, sk.hamming_loss(truth, pred, **w), weighted)
        averages = {"multi": ["macro", "micro", "weighted"], "binary": ["binary"],
                    "labels": ["macro", "micro", "weighted", "samples", None]}[set_name]
        for average in averages:
            a = dict(average=average, zero_division=0, **w)
            o = dict(average=average or "none")
            case("precision", set_name, sk.precision_score(truth, pred, **a), weighted, **o)
            case("recall", set_name, sk.recall_score(truth, pred, **a), weighted, **o)
            case("f1", set_name, sk.f1_score(truth, pred, **a), weighted, **o)
            case("f_beta", set_name, sk.fbeta_score(truth, pred, beta=2, **a), weighted, beta=2, **o)
            case("f_beta", set_name, sk.fbeta_score(truth, pred, beta=0.5, **a), weighted, beta=0.5, **o)
            case("jaccard", set_name, sk.jaccard_score(truth, pred, **a), weighted, **o)
            if set_name == "multi":
                case("specificity", set_name, specificity(truth, pred, average, w["sample_weight"]), weighted, **o)
        if set_name == "binary":
            case("specificity", set_name, sk.recall_score(truth, pred, pos_label=0, **w), weighted, average="binary")
case("precision", "labels", sk.precision_score(l_truth, l_pred, average="samples", zero_division=1), average="samples",
     zero_division=1)
for k in (1, 2, 3, 5):
    for weighted in (False, True):
        case("top_k", "multi", sk.top_k_accuracy_score(m_truth, m_scores, k=k, labels=range(6),
                                                        sample_weight=m_weight if weighted else None), weighted, k=k)

# Ranking. The classes 4 and 5 have no true rows, so the multiclass set here has three classes.
r_scores, r_truth, r_weight = data("ranked", softmax(uniform("metrics.ranked", (50, 3), -2, 2, "f64")),
                                   integers("metrics.ranked.t", (50,), 0, 3))
tensors["ranked.logits"] = np.log(r_scores) + uniform("metrics.ranked.shift", (50, 1), -3, 3, "f64")
onehot = np.eye(3)[r_truth]
for weighted in (False, True):
    w = dict(sample_weight=b_weight if weighted else None)
    case("roc_auc", "binary", sk.roc_auc_score(b_truth, b_scores, **w), weighted, average="macro")
    case("average_precision", "binary", sk.average_precision_score(b_truth, b_scores, **w), weighted, average="macro")
    fpr, tpr, thresholds = sk.roc_curve(b_truth, b_scores, drop_intermediate=False, **w)
    case("roc_curve", "binary", np.stack([fpr, tpr, thresholds]), weighted)
    p, r, thresholds = sk.precision_recall_curve(b_truth, b_scores, **w)
    case("precision_recall_curve", "binary", np.stack([p, r, np.append(thresholds, np.inf)]), weighted)
    for set_name, truth, scores, weight in (("ranked", onehot, r_scores, r_weight), ("labels", l_truth, l_scores, l_weight)):
        w = dict(sample_weight=weight if weighted else None)
        for average in ("macro", "micro", "weighted", None):
            case("roc_auc", set_name, sk.roc_auc_score(truth, scores, average=average, **w), weighted,
                 average=average or "none")
            case("average_precision", set_name, sk.average_precision_score(truth, scores, average=average, **w), weighted,
                 average=average or "none")

# Where little is left: rows of no weight, one class alone, labels that are never true, equal scores.
thin = np.arange(24) % 3 != 0
s_scores, s_truth, _ = data("binary_thin", np.round(uniform("metrics.thin", (24,), 0, 1, "f64"), 2),
                            integers("metrics.thin.t", (24,), 0, 2))
t_scores, t_truth, _ = data("thin", np.round(uniform("metrics.thin3", (24, 4), 0, 1, "f64"), 1),
                            np.where(thin, integers("metrics.thin3.t", (24,), 0, 3), 3))
tensors["binary_thin.weight"] = tensors["thin.weight"] = thin.astype(np.float64)
w = dict(sample_weight=tensors["thin.weight"])
case("roc_curve", "binary_thin", np.stack(sk.roc_curve(s_truth, s_scores, drop_intermediate=False, **w)), True)
p, r, thresholds = sk.precision_recall_curve(s_truth, s_scores, **w)
case("precision_recall_curve", "binary_thin", np.stack([p, r, np.append(thresholds, np.inf)]), True)
for zero_division in (0, 1):
    for name, score in (("precision", sk.precision_score), ("recall", sk.recall_score), ("f1", sk.f1_score)):
        case(name, "thin", score(t_truth, t_scores.argmax(1), average="macro", zero_division=zero_division, **w), True,
             average="macro", zero_division=zero_division)
for k in (1, 2, 3):
    case("top_k", "thin", sk.top_k_accuracy_score(t_truth, t_scores, k=k, labels=range(4)), k=k)
one_scores, one_truth, _ = data("binary_one", np.array([0.75, 0.5, 0.9, 0.75]), np.ones(4, np.int64))
case("roc_curve", "binary_one", np.stack(sk.roc_curve(one_truth, one_scores, drop_intermediate=False)))
all_scores, all_truth, _ = data("binary_all", np.array([0.75, 0.8, 0.9]), np.ones(3, np.int64))
for weights in (None, "linear"):
    case("cohen_kappa", "binary_all", sk.cohen_kappa_score(all_truth, all_truth, labels=[0, 1], weights=weights),
         weights=weights or "none")
e_scores, e_truth, _ = data("labels_never", uniform("metrics.never", (9, 3), 0, 0.7, "f64"), np.zeros((9, 3), np.int64))
for name, score in (("precision", sk.precision_score), ("recall", sk.recall_score), ("jaccard", sk.jaccard_score)):
    case(name, "labels_never", score(e_truth, e_scores > 0.5, average="weighted", zero_division=1), average="weighted",
         zero_division=1)
p, t, _ = data("row", np.array([2.0]), np.array([1.0]))
case("r2", "row", sk.r2_score(t, p))
case("explained_variance", "row", sk.explained_variance_score(t, p))

# Probabilities.
e_scores, e_truth, e_weight = data("edge", np.array([0.0, 1.0, 0.5, 0.25, 1.0, 0.0]), np.array([0, 1, 1, 0, 0, 1]))


def bins_of(confidence, hit, weight, bins):
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps, shares = [], []
    for i in range(bins):
        w = weight * (index == i)
        if w.sum() > 0:
            gaps.append(abs((w * confidence).sum() - (w * hit).sum()) / w.sum())
            shares.append(w.sum() / weight.sum())
    return np.array(gaps), np.array(shares)


for weighted in (False, True):
    for set_name, scores, truth, weight in (("multi", m_scores, m_truth, m_weight), ("binary", b_scores, b_truth, b_weight),
                                            ("edge", e_scores, e_truth, e_weight)):
        w = weight if weighted else np.ones(len(truth))
        s = dict(sample_weight=w)
        multi = set_name == "multi"
        case("log_loss", set_name, sk.log_loss(truth, scores, labels=range(6 if multi else 2), **s), weighted)
        square = (scores - (np.eye(6)[truth] if multi else truth)) ** 2
        case("brier", set_name, np.average(square.sum(1) if multi else square, weights=w), weighted)
        confidence, hit = (scores.max(1), m_pred == truth) if multi else (scores, truth)
        for bins in (15, 4):
            gaps, shares = bins_of(confidence, hit, w, bins)
            case("expected_calibration_error", set_name, (gaps * shares).sum(), weighted, bins=bins)
            case("maximum_calibration_error", set_name, gaps.max(), weighted, bins=bins)
    w = dict(sample_weight=m_weight if weighted else None)
    case("hinge", "multi", sk.hinge_loss(m_truth, m_scores, labels=range(6), **w), weighted)
    w = dict(sample_weight=b_weight if weighted else None)
    case("hinge", "binary", sk.hinge_loss(b_truth, b_scores, **w), weighted)
q, p, weight = data("distributions", softmax(uniform("metrics.q", (20, 5), -2, 2, "f64")),
                    softmax(uniform("metrics.p", (20, 5), -2, 2, "f64")))
case("kl_divergence", "distributions", (p * np.log(p / q)).sum(1).mean())
case("kl_divergence", "distributions", np.average((p * np.log(p / q)).sum(1), weights=weight), True)

# Regression: three columns, and one alone with ties.
base = uniform("metrics.columns.t", (53, 3), 0.5, 4, "f64")
columns = data("columns", base + uniform("metrics.columns.p", (53, 3), -0.4, 0.6, "f64"), base)
line = np.round(uniform("metrics.line.t", (48,), 0, 3, "f64"), 1)
one = data("line", np.round(line + uniform("metrics.line.p", (48,), 0, 1, "f64"), 1), line)


def ranks(x):
    return np.array([(x < v).sum() + ((x == v).sum() + 1) / 2 for v in x])


for set_name, (p, t, weight) in (("columns", columns), ("line", one)):
    for weighted in (False, True):
        w = dict(sample_weight=weight if weighted else None)
        case("mean_absolute_error", set_name, sk.mean_absolute_error(t, p, **w), weighted)
        case("mean_squared_error", set_name, sk.mean_squared_error(t, p, **w), weighted)
        case("root_mean_squared_error", set_name, np.sqrt(sk.mean_squared_error(t, p, **w)), weighted)
        case("mean_squared_log_error", set_name, sk.mean_squared_log_error(t, p, **w), weighted)
        case("mean_absolute_percentage_error", set_name, sk.mean_absolute_percentage_error(t, p, **w), weighted)
        smape = np.divide(2 * abs(p - t), abs(p) + abs(t), out=np.zeros_like(p), where=abs(p) + abs(t) > 0)
        case("symmetric_mean_absolute_percentage_error", set_name,
             np.average(smape.reshape(len(t), -1).mean(1), weights=w["sample_weight"]), weighted)
        case("r2", set_name, sk.r2_score(t, p, **w), weighted)
        case("explained_variance", set_name, sk.explained_variance_score(t, p, **w), weighted)
    case("max_error", set_name, abs(p - t).max())
    n, r2 = len(t), sk.r2_score(t, p)
    case("r2", set_name, 1 - (1 - r2) * (n - 1) / (n - 4 - 1), regressors=4)
    p2, t2 = p.reshape(n, -1), t.reshape(n, -1)
    case("pearson", set_name, [np.corrcoef(a, b)[0, 1] for a, b in zip(p2.T, t2.T)])
    case("spearman", set_name, [np.corrcoef(ranks(a), ranks(b))[0, 1] for a, b in zip(p2.T, t2.T)])
p, t, _ = columns
case("r2", "columns", sk.r2_score(t, p, multioutput="raw_values"), each=True)
case("explained_variance", "columns", sk.explained_variance_score(t, p, multioutput="raw_values"), each=True)
case("cosine_similarity", "columns", np.diag(sk.pairwise.cosine_similarity(p, t)).mean())

output = Output("metrics.py", "metrics")
output.write("metrics", tensors, framework="scikit-learn " + sklearn.__version__, cases=cases)
output.close()
