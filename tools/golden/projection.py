"""Writes tests/golden/projection/: what scikit-learn makes of points, and gensim of vectors of words.

  points.safetensors      points in four groups, their principal components, affinities and t-SNE's divergence
  vectors.txt, .bin       vectors of words in word2vec's two formats, as gensim writes them
  analogies.txt           questions about them
  words.json              what gensim answers
usage: projection.py [--check]; needs scikit-learn==1.9.1 and gensim==4.4.0, with torch for golden.py's numbers
"""
import json
import os
import tempfile

import numpy as np
from gensim.models import KeyedVectors
from scipy.spatial.distance import pdist, squareform
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.manifold._t_sne import _joint_probabilities

import golden


def points():
    centre = golden.uniform("projection.centre", (4, 6), -3, 3, "f64")
    x = np.repeat(centre, 30, axis=0) + golden.uniform("projection.x", (120, 6), -1, 1, "f64")
    wide = golden.uniform("projection.wide", (5, 9), -1, 1, "f64")
    start = golden.uniform("projection.start", (120, 2), -2e-4, 2e-4, "f64")
    out = {"x": x, "wide": wide, "start": start}
    for name, data in (("x", x), ("wide", wide)):
        pca = PCA(3, svd_solver="full").fit(data)
        out |= {f"{name}.{part}": getattr(pca, part + "_") for part in (
            "mean", "components", "explained_variance", "explained_variance_ratio", "singular_values")}
        out |= {f"{name}.transformed": pca.transform(data),
                f"{name}.whitened": PCA(3, svd_solver="full", whiten=True).fit_transform(data)}
    joint = _joint_probabilities(squareform(pdist(x, "sqeuclidean")), 20, 0)
    out["affinities"] = squareform(joint)
    for method in ("exact", "barnes_hut"):
        peer = TSNE(perplexity=20, init=start, method=method, random_state=0).fit(x)
        out[f"{method}.divergence"] = np.array(peer.kl_divergence_, dtype=np.float64)
    return out


def words():
    names = ["king", "queen", "man", "woman", "Paris", "paris", "über", "naïve", "日本", "x,y"] + [f"w{i}" for i in range(30)]
    peer = KeyedVectors(6)
    vectors = golden.uniform("projection.words", (len(names), 6), -1, 1)
    vectors[1] = vectors[0] + vectors[3] - vectors[2] + 0.05 * vectors[8]
    peer.add_vectors(names, vectors)
    questions = ": family\nking man queen woman\nman king woman queen\nKing Man queen nobody\n: numbers\nw1 w2 w3 w4\nw5 w6 w7 w8\n"
    with tempfile.TemporaryDirectory() as folder:
        files = {}
        for name, binary in (("vectors.txt", False), ("vectors.bin", True)):
            peer.save_word2vec_format(os.path.join(folder, name), binary=binary)
            files[name] = open(os.path.join(folder, name), "rb").read()
        path = os.path.join(folder, "analogies.txt")
        open(path, "w").write(questions)
        files["analogies.txt"] = questions.encode()
        _, sections = peer.evaluate_word_analogies(path)
    near = [{"positive": p, "negative": n, "found": peer.most_similar(p, n, topn=5),
             "cosmul": peer.most_similar_cosmul(p, n, topn=5)}
            for p, n in ((["king"], []), (["king", "woman"], ["man"]), (["日本", "über"], []), (["w1"], ["w2", "w3"]))]
    odd = [{"words": w, "odd": peer.doesnt_match(w)} for w in (["king", "queen", "man", "w3"], ["w1", "w2", "w3"])]
    answers = {"near": near, "odd": odd, "similarity": float(peer.similarity("king", "queen")),
               "analogies": [{"section": s["section"], "correct": len(s["correct"]),
                              "asked": len(s["correct"]) + len(s["incorrect"])} for s in sections]}
    files["words.json"] = (json.dumps(answers, ensure_ascii=False, indent=0) + "\n").encode()
    return files


if __name__ == "__main__":
    out = golden.Output("projection.py", "projection")
    out.write("points", points(), peer="scikit-learn")
    for name, data in words().items():
        if not out.check:
            (out.folder / name).write_bytes(data)
        elif (out.folder / name).read_bytes() != data:
            out.failed = True
            print(name + ": differs")
    out.close()
