package dev.kintsugi.features.cluster.embedded.network;

import dev.kintsugi.features.cluster.embedded.network.http.HttpRules;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One port of one Service: listens on the cluster IP while there are endpoints, and refuses by not listening while there are
 * none. Each new connection goes to one endpoint and stays there, whatever becomes of the Service; if that endpoint does not
 * take it, the client is reset and nothing is tried again. Belongs to one event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closing a socket or arming a timer returns tells nothing
final class ServiceFront {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceFront.class);
    private static final long RETRY_MILLIS = 1_000;

    private final EventLoop loop;
    private final InetSocketAddress address;
    private final EndpointChoice choice;
    private final LossyPath goodPath = new LossyPath(0);
    private final HttpRules noRules = new HttpRules();
    private final Set<Relay> relays = new HashSet<>();
    private String service = "";
    private boolean wanted;
    /** A listener is about to open or to close. */
    private boolean changing;

    private boolean closed;
    private @Nullable Channel listener;
    private volatile @Nullable String problem;

    ServiceFront(EventLoop loop, InetSocketAddress address, long seed) {
        this.loop = loop;
        this.address = address;
        this.choice = new EndpointChoice(seed);
    }

    EventLoop loop() {
        return loop;
    }

    /** Why nothing listens although something should. */
    Optional<String> problem() {
        return Optional.ofNullable(problem);
    }

    void update(String ownedBy, ServicePorts.Backends backends) {
        service = ownedBy;
        choice.update(backends);
        wanted = !closed && !backends.endpoints().isEmpty();
        settle();
    }

    private void settle() {
        Channel open = listener;
        if (changing || wanted == (open != null)) {
            return;
        }
        changing = true;
        if (open == null) {
            open();
        } else {
            listener = null;
            open.close();
            loop.schedule(this::changed, EventLoops.LETTING_GO_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private void open() {
        ChannelFuture binding = Listeners.bind(loop, address, this::accept);
        binding.addListener(done -> {
            if (done.isSuccess()) {
                listener = binding.channel();
                problem = null;
                changed();
            } else {
                report(done.cause());
                loop.schedule(this::changed, RETRY_MILLIS, TimeUnit.MILLISECONDS);
            }
        });
    }

    private void changed() {
        changing = false;
        if (!wanted) {
            problem = null;
        }
        settle();
    }

    private void report(Throwable cause) {
        if (problem == null) {
            String message =
                    Listeners.cannotBind(address, "Service " + service, cause).getMessage();
            problem = message;
            LOG.error("{}; trying again every {} ms", message, RETRY_MILLIS);
        }
    }

    private void accept(SocketChannel client) {
        InetAddress peer = client.remoteAddress().getAddress();
        InetSocketAddress endpoint = choice.pick(peer, System.nanoTime());
        if (endpoint == null) {
            client.config().setSoLinger(0);
            client.close();
            return;
        }
        Relay relay = new Relay(client, endpoint, new ConnectionPath(goodPath, endpoint.getAddress(), peer, null), noRules);
        relays.add(relay);
        relay.closed().addListener(done -> relays.remove(relay));
        relay.start();
    }

    /** Stops listening for good and resets every connection. */
    void close() {
        closed = true;
        update(service, ServicePorts.Backends.NONE);
        List.copyOf(relays).forEach(Relay::reset);
    }
}
