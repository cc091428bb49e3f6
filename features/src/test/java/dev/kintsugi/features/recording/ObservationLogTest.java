package dev.kintsugi.features.recording;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kintsugi.features.recording.Observation.RequestSeen;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ObservationLogTest {

    private static Observation number(int i) {
        return new RequestSeen(Observation.USERS, new Request(i, i, i, 200, null, null));
    }

    @Test
    void whatWasSeenStaysAsItIsHoweverMuchComesLater() {
        ObservationLog log = new ObservationLog();
        List<List<Observation>> looks = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            looks.add(log.untilNow());
            log.add(number(i));
        }
        for (int i = 0; i < 5_000; i++) {
            assertThat(looks.get(i)).hasSize(i);
        }
        assertThat(looks.get(4_999).get(4_998)).isEqualTo(number(4_998));
        assertThat(looks.get(1).get(0)).isEqualTo(number(0));
    }

    @Test
    void readerCannotWrite() {
        ObservationLog log = new ObservationLog();
        log.add(number(1));
        assertThatThrownBy(() -> log.untilNow().set(0, number(2))).isInstanceOf(UnsupportedOperationException.class);
        assertThat(log.untilNow()).containsExactly(number(1));
    }
}
