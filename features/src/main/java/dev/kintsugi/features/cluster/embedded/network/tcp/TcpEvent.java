package dev.kintsugi.features.cluster.embedded.network.tcp;

/** What an application at one end of a conversation gets to see. */
public sealed interface TcpEvent {

    /** The client's connect has succeeded. */
    record Connected() implements TcpEvent {}

    /** The pod's accept has returned the connection. */
    record Accepted() implements TcpEvent {}

    /** The next bytes of the other side can be read. */
    record Delivered(Side to, int bytes) implements TcpEvent {}

    /** After all that was delivered: the other side has ended its stream. */
    record Ended(Side to) implements TcpEvent {}

    /** This side's kernel gave up after its last retransmission (ETIMEDOUT); the conversation is over. */
    record TimedOut(Side at) implements TcpEvent {}
}
