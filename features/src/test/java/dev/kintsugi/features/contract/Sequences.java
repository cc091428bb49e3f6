package dev.kintsugi.features.contract;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What two sequences have in common, and which of two sets belong together. */
final class Sequences {

    private Sequences() {}

    /**
     * For each value of the first, where it is in the second, or -1; as many as possible are found, and in the same order (the longest
     * common subsequence).
     */
    static int[] align(List<String> first, List<String> second) {
        int[][] longest = new int[first.size() + 1][second.size() + 1];
        for (int i = first.size() - 1; i >= 0; i--) {
            for (int j = second.size() - 1; j >= 0; j--) {
                longest[i][j] = first.get(i).equals(second.get(j))
                        ? longest[i + 1][j + 1] + 1
                        : Math.max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        int[] found = new int[first.size()];
        Arrays.fill(found, -1);
        int i = 0;
        int j = 0;
        while (i < first.size() && j < second.size()) {
            if (first.get(i).equals(second.get(j))) {
                found[i++] = j++;
            } else if (longest[i + 1][j] >= longest[i][j + 1]) {
                i++;
            } else {
                j++;
            }
        }
        return found;
    }

    static List<String> common(List<String> first, List<String> second) {
        int[] found = align(first, second);
        List<String> common = new ArrayList<>();
        for (int i = 0; i < found.length; i++) {
            if (found[i] >= 0) {
                common.add(first.get(i));
            }
        }
        return common;
    }

    /**
     * For each row the column that it goes with, or -1 when there are fewer columns, so that the sum of the costs is least (Hungarian
     * method).
     */
    static int[] pair(int[][] cost, int columns) {
        int size = Math.max(cost.length, columns);
        int[] rowPotential = new int[size + 1];
        int[] columnPotential = new int[size + 1];
        int[] rowOf = new int[size + 1];
        int[] way = new int[size + 1];
        for (int row = 1; row <= size; row++) {
            rowOf[0] = row;
            int column = 0;
            int[] least = new int[size + 1];
            Arrays.fill(least, Integer.MAX_VALUE);
            boolean[] used = new boolean[size + 1];
            do {
                used[column] = true;
                int current = rowOf[column];
                int delta = Integer.MAX_VALUE;
                int next = 0;
                for (int j = 1; j <= size; j++) {
                    if (!used[j]) {
                        int price = current <= cost.length && j <= columns ? cost[current - 1][j - 1] : 0;
                        int reduced = price - rowPotential[current] - columnPotential[j];
                        if (reduced < least[j]) {
                            least[j] = reduced;
                            way[j] = column;
                        }
                        if (least[j] < delta) {
                            delta = least[j];
                            next = j;
                        }
                    }
                }
                for (int j = 0; j <= size; j++) {
                    if (used[j]) {
                        rowPotential[rowOf[j]] += delta;
                        columnPotential[j] -= delta;
                    } else {
                        least[j] -= delta;
                    }
                }
                column = next;
            } while (rowOf[column] != 0);
            while (column != 0) {
                int previous = way[column];
                rowOf[column] = rowOf[previous];
                column = previous;
            }
        }
        int[] columnOf = new int[cost.length];
        Arrays.fill(columnOf, -1);
        for (int j = 1; j <= columns; j++) {
            if (rowOf[j] > 0 && rowOf[j] <= cost.length) {
                columnOf[rowOf[j] - 1] = j - 1;
            }
        }
        return columnOf;
    }
}
