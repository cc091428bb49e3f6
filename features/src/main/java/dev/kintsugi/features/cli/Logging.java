package dev.kintsugi.features.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.FileAppender;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.LogManager;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The terminal belongs to the user; what the libraries say goes to a file once there is one. */
final class Logging {

    private static final AtomicReference<@Nullable Path> FILE = new AtomicReference<>();

    private Logging() {}

    /** Nothing is logged, by libraries that log by the JDK's own means neither. */
    static void quiet() {
        LogManager.getLogManager().reset();
        root().detachAndStopAllAppenders();
        root().setLevel(Level.OFF);
    }

    /** From now on everything at level INFO and above goes to this file. */
    static void to(Path file) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level [%thread] %logger{20} - %msg%n");
        encoder.start();
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setContext(context);
        appender.setFile(file.toString());
        appender.setEncoder(encoder);
        appender.start();
        root().detachAndStopAllAppenders();
        root().addAppender(appender);
        root().setLevel(Level.INFO);
        FILE.set(file);
    }

    /** Writes a failure with its trace to the log; where that is, if there is one. */
    static Optional<Path> trace(Throwable failure) {
        Path file = FILE.get();
        if (file == null) {
            return Optional.empty();
        }
        LoggerFactory.getLogger(Logging.class).error("the command failed", failure);
        return Optional.of(file);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }
}
