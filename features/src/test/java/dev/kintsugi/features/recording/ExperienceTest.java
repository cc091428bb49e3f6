package dev.kintsugi.features.recording;

import static dev.kintsugi.features.recording.Log.at;
import static org.assertj.core.api.Assertions.assertThat;

import dev.kintsugi.reports.model.RequestBucket;
import dev.kintsugi.reports.model.Users;
import org.junit.jupiter.api.Test;

class ExperienceTest {

    @Test
    void longestOutageReachesFromTheFirstFailedRequestToTheNextGoodOne() {
        Experience experience = new Experience(new Log()
                .served(0, 1, "a")
                .failed(100, 1)
                .served(150, 1, "a")
                .failed(200, 1)
                .failed(300, 1)
                .served(450, 1, "a")
                .all());

        Users users = experience.users(0);
        assertThat(users.sent()).isEqualTo(6);
        assertThat(users.failed()).isEqualTo(3);
        assertThat(users.longestOutageMillis()).isEqualTo(250);
    }

    @Test
    void requestsAreOrderedByTheirDueTimeNotByTheirEnd() {
        Experience experience = new Experience(new Log()
                .served(100, 1, "a")
                .failed(50, 3_000)
                .served(200, 1, "a")
                .all());

        assertThat(experience.users(0).longestOutageMillis()).isEqualTo(50);
    }

    @Test
    void usersBeforeTheInjectionDoNotCount() {
        assertThat(new Experience(new Log().failed(10, 1).served(20, 1, "a").all())
                        .users(at(20))
                        .failed())
                .isZero();
    }

    @Test
    void spansBeforeTheInjectionAreNegative() {
        assertThat(new Experience(new Log().served(700, 1, "a").failed(1_100, 1).all())
                        .series(at(1_000), 250)
                        .buckets())
                .extracting(RequestBucket::atMillis, RequestBucket::sent, RequestBucket::failed)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(-500.0, 1L, 0L),
                        org.assertj.core.groups.Tuple.tuple(0.0, 1L, 1L));
    }
}
